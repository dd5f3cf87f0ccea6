-- The mutants of realty: each policy, trigger, constraint, index that refuses, and grant, taken
-- away or opened alone. A row each: what it is, words to look for in the tests, the statement.
WITH owned AS (
    SELECT d.classid, d.objid FROM pg_depend d
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid
    WHERE e.extname = 'realty' AND d.deptype = 'e'
), tables AS (
    SELECT c.* FROM pg_class c JOIN owned o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    WHERE c.relkind = 'r'
), relations AS (
    SELECT c.* FROM pg_class c JOIN owned o ON o.classid = 'pg_class'::regclass AND o.objid = c.oid
    WHERE c.relkind IN ('r', 'v')
), functions AS (
    SELECT p.* FROM pg_proc p JOIN owned o ON o.classid = 'pg_proc'::regclass AND o.objid = p.oid
), people (role, rank) AS (
    VALUES ('realty_anon', 0), ('realty_customer', 1), ('realty_builder', 1), ('realty_admin', 2), ('realty_analyst', 0)
), mutants (kind, about, words, statement) AS (
    SELECT 'row security off', t.relname::text, t.relname::text, format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t.oid::regclass)
    FROM tables t WHERE t.relrowsecurity
    UNION ALL
    SELECT 'policy dropped', p.polname::text, t.relname::text, format('DROP POLICY %I ON %s', p.polname, t.oid::regclass)
    FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
    UNION ALL
    SELECT 'policy opened: using', p.polname, t.relname, format('ALTER POLICY %I ON %s USING (true)', p.polname, t.oid::regclass)
    FROM pg_policy p JOIN tables t ON t.oid = p.polrelid WHERE p.polqual IS NOT NULL AND pg_get_expr(p.polqual, p.polrelid) <> 'true'
    UNION ALL
    SELECT 'policy opened: check', p.polname, t.relname, format('ALTER POLICY %I ON %s WITH CHECK (true)', p.polname, t.oid::regclass)
    FROM pg_policy p JOIN tables t ON t.oid = p.polrelid
    WHERE p.polwithcheck IS NOT NULL AND pg_get_expr(p.polwithcheck, p.polrelid) <> 'true'
        OR p.polcmd IN ('*', 'w') AND p.polwithcheck IS NULL AND pg_get_expr(p.polqual, p.polrelid) <> 'true'
    UNION ALL
    SELECT 'trigger disabled', g.tgname, t.relname || ' ' || g.tgname, format('ALTER TABLE %s DISABLE TRIGGER %I', t.oid::regclass, g.tgname)
    FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT CASE c.contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion' WHEN 'f' THEN 'foreign key' ELSE 'unique' END || ' dropped',
        c.conname, t.relname || ' ' || c.conname, format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', t.oid::regclass, c.conname)
    FROM pg_constraint c JOIN tables t ON t.oid = c.conrelid WHERE c.contype IN ('c', 'x', 'f', 'u')
    UNION ALL
    SELECT 'unique dropped', i.indexrelid::regclass::text, t.relname || ' ' || i.indexrelid::regclass, format('DROP INDEX %s', i.indexrelid::regclass)
    FROM pg_index i JOIN tables t ON t.oid = i.indrelid
    WHERE i.indisunique AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    UNION ALL
    SELECT 'not null dropped', t.relname || '.' || a.attname, t.relname || ' ' || a.attname,
        format('ALTER TABLE %s ALTER %I DROP NOT NULL', t.oid::regclass, a.attname)
    FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped AND a.attidentity = ''
    WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND a.attnum = ANY (i.indkey))
    UNION ALL
    SELECT 'right taken', format('%s %s of %s', a.privilege_type, r.relname, a.grantee::regrole), r.relname::text,
        format('REVOKE %s ON %s FROM %s', a.privilege_type, r.oid::regclass, a.grantee::regrole)
    FROM relations r, aclexplode(r.relacl) a WHERE a.grantee <> r.relowner AND a.grantee <> 0
    UNION ALL
    SELECT 'right taken', format('%s(%s) %s of %s', a.privilege_type, string_agg(t.attname, ', '), r.relname, a.grantee::regrole), r.relname::text,
        format('REVOKE %s (%s) ON %s FROM %s', a.privilege_type, string_agg(quote_ident(t.attname), ', '), r.oid::regclass, a.grantee::regrole)
    FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid, aclexplode(t.attacl) a WHERE a.grantee <> r.relowner AND a.grantee <> 0
    GROUP BY a.privilege_type, r.relname, a.grantee, r.oid
    UNION ALL
    SELECT 'right taken', format('EXECUTE %s of %s', f.oid::regprocedure, a.grantee::regrole), f.proname::text,
        format('REVOKE EXECUTE ON FUNCTION %s FROM %s', f.oid::regprocedure, a.grantee::regrole)
    FROM functions f, aclexplode(f.proacl) a WHERE a.grantee <> f.proowner AND a.grantee <> 0
    UNION ALL
    -- a right on a view given to the role below those that have it, with the table's right below it
    SELECT 'right given', format('%s %s to %s', v.verb, r.relname, p.role), r.relname::text,
        format('GRANT %1$s ON api.%2$I TO %3$I; GRANT %1$s ON realty.%2$I TO %3$I', v.verb, r.relname, p.role)
    FROM relations r JOIN pg_namespace n ON n.oid = r.relnamespace AND n.nspname = 'api', people p,
        (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) v (verb)
    WHERE r.relkind = 'v' AND EXISTS (SELECT FROM tables t WHERE t.relname = r.relname)
        AND NOT has_table_privilege(p.role, r.oid, v.verb)
        AND NOT (v.verb IN ('SELECT', 'INSERT', 'UPDATE') AND has_any_column_privilege(p.role, r.oid, v.verb))
        -- where no policy is for the role, the right opens nothing
        AND EXISTS (SELECT FROM pg_policy y JOIN tables t ON t.oid = y.polrelid WHERE t.relname = r.relname
                    AND y.polcmd IN ('*', CASE v.verb WHEN 'SELECT' THEN 'r' WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' ELSE 'd' END)
                    AND (y.polroles = '{0}' OR p.role::regrole = ANY (y.polroles)))
)
SELECT kind, about, words, statement FROM mutants ORDER BY kind, about, statement;
