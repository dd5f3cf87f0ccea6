-- What deparsing depends on is fixed here. Internal triggers belong to their foreign key.
CREATE FUNCTION realty.schema_facts() RETURNS TABLE (kind text, object text, definition text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 2000
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, MDY' SET intervalstyle = 'postgres' SET quote_all_identifiers = off
BEGIN ATOMIC
    WITH owned AS MATERIALIZED (
        SELECT d.classid, d.objid, e.extowner FROM pg_depend d JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
        WHERE e.extname = 'realty' AND d.deptype = 'e'
    ), relations AS MATERIALIZED (
        SELECT c.*, CASE WHEN c.relowner <> o.extowner THEN 'owner ' || pg_get_userbyid(c.relowner) END AS other_owner
        FROM pg_class c JOIN owned o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    ), facts (class, id, sub, definition) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, CASE WHEN c.relkind = 'v' THEN concat_ws(' ', c.reloptions::text, md5(pg_get_viewdef(c.oid)), c.other_owner)
            ELSE concat_ws(' ', CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END,
                           'persistence ' || c.relpersistence::text, 'identity ' || c.relreplident::text, c.other_owner) END
        FROM relations c
        UNION ALL
        SELECT 'pg_class'::regclass, a.attrelid, a.attnum, concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''), pg_get_expr(d.adbin, d.adrelid))
        FROM relations c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p')
        UNION ALL
        SELECT 'pg_class'::regclass, i.indexrelid, 0, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid AND i.indislive THEN '' ELSE ' INVALID' END
        FROM pg_index i JOIN relations c ON c.oid = i.indrelid
        UNION ALL
        SELECT 'pg_constraint'::regclass, k.oid, 0, concat_ws(' ', pg_get_constraintdef(k.oid),
            (SELECT 'enabled ' || string_agg(DISTINCT t.tgenabled::text, '') FROM pg_trigger t WHERE t.tgconstraint = k.oid))
        FROM pg_constraint k JOIN relations c ON c.oid = k.conrelid
        UNION ALL
        SELECT 'pg_trigger'::regclass, t.oid, 0, 'enabled ' || t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
        UNION ALL
        SELECT 'pg_policy'::regclass, p.oid, 0, concat_ws(' ', CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, p.polcmd::text,
            'TO ' || (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r) END, ', ' ORDER BY pg_get_userbyid(r) COLLATE "C") FROM unnest(p.polroles) r),
            'USING ' || pg_get_expr(p.polqual, p.polrelid), 'WITH CHECK ' || pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN relations c ON c.oid = p.polrelid
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, concat_ws(' ', CASE WHEN f.prokind IN ('f', 'p') THEN md5(pg_get_functiondef(f.oid)) ELSE f.prokind::text END,
            CASE WHEN f.proowner <> o.extowner THEN 'owner ' || pg_get_userbyid(f.proowner) END)
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid
    ), rights (class, id, sub, grantee, privilege) AS (
        SELECT 'pg_class'::regclass, c.oid, 0, a.grantee, a.privilege_type FROM relations c, aclexplode(c.relacl) a
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, t.attnum, a.grantee, a.privilege_type
        FROM relations c JOIN pg_attribute t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) a
        UNION ALL
        SELECT 'pg_proc'::regclass, f.oid, 0, a.grantee, a.privilege_type
        FROM pg_proc f JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = f.oid, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, 0, a.grantee, a.privilege_type
        FROM pg_namespace n JOIN owned o ON o.classid = 'pg_namespace'::regclass AND o.objid = n.oid, aclexplode(n.nspacl) a
    )
    SELECT i.type, i.identity, f.definition FROM facts f, pg_identify_object(f.class, f.id, f.sub) i
    UNION ALL
    -- of a site's roles they may be members as it likes, but not of each other, nor of what reads everything
    SELECT 'role', r.rolname, concat_ws(' ', CASE WHEN r.rolsuper THEN 'superuser' END, CASE WHEN r.rolbypassrls THEN 'passes by row security' END,
        'member of ' || coalesce((SELECT string_agg(g.rolname, ', ' ORDER BY g.rolname COLLATE "C") FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
            WHERE m.member = r.oid AND (starts_with(g.rolname, 'realty_') OR starts_with(g.rolname, 'pg_') OR g.rolsuper OR g.rolbypassrls)), 'none'))
    FROM pg_roles r WHERE r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                        'realty_authenticator', 'realty_gateway')
    UNION ALL
    SELECT 'right', coalesce(r.rolname, 'public') || ' on ' || i.identity, string_agg(g.privilege, ', ' ORDER BY g.privilege)
    FROM rights g LEFT JOIN pg_roles r ON r.oid = g.grantee, pg_identify_object(g.class, g.id, g.sub) i
    WHERE g.grantee = 0 OR r.rolname IN ('realty_anon', 'realty_customer', 'realty_builder', 'realty_admin', 'realty_analyst',
                                         'realty_authenticator', 'realty_gateway')
    GROUP BY 2;
END;
COMMENT ON FUNCTION realty.schema_facts() IS
'What the extension''s tables, views and functions have in the catalog now. For realty.check_schema().';

CREATE FUNCTION realty.record_schema() RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
    DELETE FROM realty.schema_objects;
    INSERT INTO realty.schema_objects (kind, object, definition) SELECT f.kind, f.object, f.definition FROM realty.schema_facts() f;
END;
COMMENT ON FUNCTION realty.record_schema() IS
'Makes the current catalog the reference: the last step but one of each install and upgrade script, and of an upgrade of PostgreSQL.';

CREATE FUNCTION realty.is_recorded(kind text, object text) RETURNS boolean
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN EXISTS (SELECT FROM realty.schema_objects o WHERE o.kind = $1 AND o.object = $2);
COMMENT ON FUNCTION realty.is_recorded(text, text) IS
'Whether the install script made it; kind and object as pg_identify_object() says them. For the guard of what is dropped.';

CREATE FUNCTION realty.check_schema() RETURNS TABLE (kind text, object text, expected text, actual text)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 10
BEGIN ATOMIC
    SELECT kind, object, e.definition, a.definition
    FROM realty.schema_objects e FULL JOIN realty.schema_facts() a USING (kind, object)
    WHERE e.definition IS DISTINCT FROM a.definition
        AND (e.definition IS NOT NULL OR kind = 'right' OR kind = 'policy' AND a.definition LIKE 'PERMISSIVE%')
    ORDER BY kind COLLATE "C", object COLLATE "C";
END;
COMMENT ON FUNCTION realty.check_schema() IS
'Where the catalog differs from that of the installed version: what is missing, changed or disabled, and rights and permissive
policies that were added. No rows when all is well; a site''s own indexes, triggers and constraints are not reported. For the owner, or by a GRANT.';
