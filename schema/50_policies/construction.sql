ALTER TABLE realty.project_progress ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.construction_updates ENABLE ROW LEVEL SECURITY;
ALTER TABLE realty.models_3d ENABLE ROW LEVEL SECURITY;

-- Construction: as visible as the project, and as the unit where there is one: nothing of a blocked one is shown
CREATE POLICY project_progress_of_listed_projects_is_public ON realty.project_progress FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY project_progress_builder_manages_own ON realty.project_progress FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY project_progress_admin_manages_all ON realty.project_progress FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY construction_updates_of_listed_projects_are_public ON realty.construction_updates FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (published_at IS NOT NULL AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY construction_updates_builder_manages_own ON realty.construction_updates FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY construction_updates_admin_manages_all ON realty.construction_updates FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
CREATE POLICY models_3d_of_listed_projects_are_public ON realty.models_3d FOR SELECT TO realty_anon, realty_customer, realty_builder
    USING (is_active AND EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id)
           AND (unit_id IS NULL OR EXISTS (SELECT FROM realty.units u WHERE u.id = unit_id)));
CREATE POLICY models_3d_builder_manages_own ON realty.models_3d FOR ALL TO realty_builder
    USING (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())))
    WITH CHECK (EXISTS (SELECT FROM realty.projects p WHERE p.id = project_id AND p.builder_id = (SELECT realty.builder_id())));
CREATE POLICY models_3d_admin_manages_all ON realty.models_3d FOR ALL TO realty_admin
    USING ((SELECT realty.user_type() = 'admin'));
