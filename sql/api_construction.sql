-- Appointments, progress, reports, models, messages and prices, by requests alone.
\getenv abs_srcdir PG_ABS_SRCDIR
\set start :abs_srcdir '/sql/include/api_start.sql'
\set end :abs_srcdir '/sql/include/api_end.sql'
\i :start
SELECT status FROM answer('POST', '/api/projects', '{"name": "Palm Court", "city": "Pune", "status": "launched"}', :'aya');
SELECT status FROM generate_series(1, 2) n, answer('POST', '/api/units', jsonb_build_object('project_id', 1, 'unit_number', n::text, 'price', 5000000), :'aya');
SELECT status FROM answer('POST', '/api/bookings', '{"unit_id": 1}', :'chitra');

-- Hours, slots, an appointment
SELECT status, data #>> '{availability,0,weekday}', data #>> '{availability,0,opens}', jsonb_array_length(data -> 'availability')
FROM answer('PUT', '/api/appointments/availability', '{"windows": [{"weekday": 1, "opens": "10:00", "closes": "13:00"},
	{"weekday": 2, "opens": "10:00", "closes": "12:00"}]}', :'aya');
SELECT * FROM refusal('PUT', '/api/appointments/availability', '{"windows": [{"weekday": 9, "opens": "x", "closes": "13:00"}], "color": "red"}', :'aya');
SELECT * FROM refusal('PUT', '/api/appointments/availability', '{"windows": [{"weekday": 9, "opens": "x", "closes": "13:00"}]}', :'aya');
SELECT * FROM refusal('PUT', '/api/appointments/availability', '{}', :'aya');
SELECT * FROM refusal('PUT', '/api/appointments/availability', '{"windows": []}', :'chitra');
SELECT status, data #>> '{availability,1,closes}', data #>> '{pagination,totalItems}' FROM answer('GET', '/api/builders/1/availability');
SELECT to_char(date_trunc('week', now() AT TIME ZONE 'Asia/Kolkata') + interval '14 days', 'YYYY-MM-DD') AS monday \gset
SELECT status, jsonb_array_length(body::jsonb #> '{data,slots}') AS slots, body::jsonb #>> '{data,slots,1,starts_at}' AS slot, body::jsonb #>> '{data,slots,1,ends_at}' AS slot_end
FROM realty.request('GET', '/api/appointments/slots?project_id=1&date=' || :'monday') \gset
SELECT :status, :slots, :'slot'::timestamptz = (:'monday'::date + time '11:00') AT TIME ZONE 'Asia/Kolkata';
SELECT * FROM refusal('GET', '/api/appointments/slots?date=tomorrow');
SELECT * FROM refusal('GET', '/api/appointments/slots?project_id=9&date=' || :'monday');
SELECT * FROM refusal('GET', '/api/appointments/slots?project_id=1&minutes=5&date=' || :'monday');
SELECT status, data #- '{appointment,id}' AS made, data #>> '{appointment,id}' AS visit FROM answer('POST', '/api/appointments', jsonb_build_object('project_id', 1, 'unit_id', 1,
	'starts_at', :'slot', 'ends_at', :'slot_end', 'notes', 'with my parents'), :'chitra') \gset
SELECT :status, :'made';
SELECT * FROM refusal('POST', '/api/appointments', jsonb_build_object('project_id', 1, 'starts_at', :'slot', 'ends_at', :'slot_end'), :'dev');
SELECT * FROM refusal('POST', '/api/appointments', '{"project_id": 1, "starts_at": "2020-01-01T00:00:00Z", "ends_at": "2019-01-01T00:00:00Z", "kind": "party"}', :'dev');
SELECT * FROM refusal('POST', '/api/appointments', '{"project_id": "one", "starts_at": "soon", "builder_id": 2, "status": "confirmed"}', :'dev');
SELECT * FROM refusal('POST', '/api/appointments', '{}', :'aya');
SELECT * FROM refusal('GET', '/api/appointments/' || :visit, NULL, :'dev');
SELECT * FROM refusal('GET', '/api/appointments');
SELECT status, data #>> '{appointments,0,status}' FROM answer('GET', '/api/appointments?status=requested&kind=site_visit', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/confirm', NULL, :'chitra');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/confirm', NULL, :'bo');
SELECT status, data #>> '{appointment,status}' FROM answer('POST', '/api/appointments/' || :visit || '/confirm', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/confirm', NULL, :'aya');
SELECT status, data #>> '{appointment,status}' FROM answer('PATCH', '/api/appointments/' || :visit,
	jsonb_build_object('starts_at', :'slot'::timestamptz - interval '1 hour', 'ends_at', :'slot'), :'chitra');
SELECT * FROM refusal('PATCH', '/api/appointments/' || :visit, '{"starts_at": "2020-01-01T00:00:00Z"}', :'chitra');
SELECT status, data #>> '{appointment,status}' FROM answer('POST', '/api/appointments/' || :visit || '/confirm', NULL, :'root');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/complete', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/no-show', NULL, :'aya');
SET session_replication_role = replica;
UPDATE realty.appointments SET starts_at = now() - interval '1 minute', ends_at = now() + interval '1 hour' WHERE id = :visit;
SET session_replication_role = origin;
SELECT status, data #>> '{appointment,status}' FROM answer('POST', '/api/appointments/' || :visit || '/complete', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/no-show', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/appointments/' || :visit || '/cancel', NULL, :'chitra');
SELECT status, data #>> '{appointment,id}' AS call FROM answer('POST', '/api/appointments', jsonb_build_object('project_id', 1, 'starts_at', :'slot', 'ends_at', :'slot_end'), :'dev') \gset
SELECT :status;
SELECT status, data #>> '{appointment,status}', data #>> '{appointment,cancellation_reason}' FROM answer('POST', '/api/appointments/' || :call || '/cancel', '{"reason": "ill"}', :'dev');
SELECT n ->> 'kind' FROM answer('GET', '/api/notifications?limit=100&sort=id', NULL, :'chitra'), jsonb_array_elements(data -> 'notifications') n;

-- Progress
SELECT status, data #- '{progress,actual_start}' FROM answer('POST', '/api/progress', '{"project_id": 1, "phase": "Structure", "weight": 3, "percent": 50}', :'aya');
SELECT status FROM answer('POST', '/api/progress', '{"project_id": 1, "unit_id": 1, "phase": "Paint"}', :'aya');
SELECT * FROM refusal('POST', '/api/progress', '{"project_id": 1, "unit_id": 9, "weight": 0, "percent": 101}', :'aya');
SELECT * FROM refusal('POST', '/api/progress', '{"project_id": 1, "phase": "x"}', :'bo');
SELECT status, data #>> '{progress,percent}', data #>> '{progress,actual_end}' IS NOT NULL FROM answer('PATCH', '/api/progress/2', '{"percent": 100}', :'aya');
SELECT * FROM refusal('PATCH', '/api/progress/2', '{"percent": 0}', :'bo');
SELECT data #>> '{project,progress_percent}' FROM answer('GET', '/api/projects/1');
SELECT data #>> '{unit,progress_percent}' FROM answer('GET', '/api/units/1');
SELECT status, data #>> '{progress,0,phase}', data #>> '{pagination,totalItems}' FROM answer('GET', '/api/projects/1/progress?sort=sequence');
SELECT status, data #>> '{progress,phase}' FROM answer('GET', '/api/progress/1');
SELECT status FROM answer('GET', '/api/projects/9/progress');
SELECT status, data FROM answer('DELETE', '/api/progress/2', NULL, :'aya');
SELECT data #>> '{project,progress_percent}' FROM answer('GET', '/api/projects/1');

-- Reports
SELECT status, data #>> '{update,created_by}', data #>> '{update,published_at}' FROM answer('POST', '/api/updates', '{"project_id": 1, "title": "The roof is on"}', :'aya');
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/projects/1/updates');
SELECT * FROM refusal('GET', '/api/updates/1');
SELECT status, data #>> '{update,progress_percent}' FROM answer('PATCH', '/api/updates/1', jsonb_build_object('published_at', now()), :'aya');
SELECT * FROM refusal('PATCH', '/api/updates/1', '{"published_at": null}', :'aya');
SELECT * FROM refusal('PATCH', '/api/updates/1', '{"progress_percent": 100, "created_by": 2}', :'aya');
SELECT status, data #>> '{updates,0,title}' FROM answer('GET', '/api/projects/1/updates');
SELECT status, data #>> '{update,title}' FROM answer('GET', '/api/updates/1');
SELECT n ->> 'title', n ->> 'body' FROM answer('GET', '/api/notifications?kind=update_published', NULL, :'chitra'), jsonb_array_elements(data -> 'notifications') n;
SELECT status, data FROM answer('DELETE', '/api/updates/1', NULL, :'aya');

-- Models
SELECT status, data #>> '{model,version}' FROM generate_series(1, 2) n, answer('POST', '/api/models',
	jsonb_build_object('project_id', 1, 'name', 'Site', 'file_url', 'https://cdn.example/' || n, 'format', 'glb'), :'aya');
SELECT * FROM refusal('POST', '/api/models', '{"project_id": 1, "name": "Site", "file_url": "s.glb", "format": "exe", "version": 7}', :'aya');
SELECT status, data #>> '{models,0,version}', data #>> '{pagination,totalItems}' FROM answer('GET', '/api/projects/1/models');
SELECT status, data #>> '{model,is_active}' FROM answer('PATCH', '/api/models/1', '{"is_active": true}', :'aya');
SELECT status, data #>> '{model,name}' FROM answer('GET', '/api/models/1');
SELECT status, data #>> '{pagination,totalItems}' FROM answer('GET', '/api/models?format=glb&sort=-version');
SELECT * FROM refusal('PATCH', '/api/models/1', '{"name": "x"}', :'bo');
SELECT status, data FROM answer('DELETE', '/api/models/1', NULL, :'aya');

-- Messages
SELECT * FROM refusal('POST', '/api/messages', '{"recipient_id": 2, "body": "Hello"}', :'chitra');
SELECT * FROM refusal('POST', '/api/messages', '{"recipient_id": 1, "project_id": 1, "sender_id": 4, "body": "Hello"}', :'chitra');
SELECT * FROM refusal('POST', '/api/messages', '{"recipient_id": 1, "project_id": 7, "body": ""}', :'chitra');
SELECT status, data #- '{message,id}' AS sent, data #>> '{message,id}' AS first FROM answer('POST', '/api/messages',
	'{"recipient_id": 1, "project_id": 1, "subject": "Parking", "body": "Is there any?"}', :'chitra') \gset
SELECT :status, :'sent';
SELECT status, data #>> '{message,parent_id}' = :'first', data #>> '{message,project_id}' FROM answer('POST', '/api/messages',
	jsonb_build_object('recipient_id', 3, 'parent_id', :first, 'body', 'Two levels.'), :'aya');
SELECT status, data FROM answer('GET', '/api/messages/unread-count', NULL, :'aya');
SELECT * FROM refusal('POST', '/api/messages/' || :first || '/read', NULL, :'chitra');
SELECT * FROM refusal('POST', '/api/messages/' || :first || '/read', NULL, :'dev');
SELECT status, data #>> '{message,read_at}' FROM answer('POST', '/api/messages/' || :first || '/read', NULL, :'aya');
SELECT status, data FROM answer('GET', '/api/messages/unread-count', NULL, :'aya');
SELECT status, data #- '{conversations,0,last_message_id}' FROM answer('GET', '/api/messages/conversations', NULL, :'chitra');
SELECT * FROM refusal('GET', '/api/messages/conversations?max=0', NULL, :'chitra');
SELECT status, data #>> '{messages,0,body}', data #>> '{pagination,totalItems}' FROM answer('GET', '/api/messages?parent_id=' || :first, NULL, :'chitra');
SELECT * FROM refusal('GET', '/api/messages/' || :first, NULL, :'dev');
SELECT status, data #>> '{message,id}' = :'first' FROM answer('DELETE', '/api/messages/' || :first, NULL, :'chitra');
SELECT * FROM refusal('GET', '/api/messages/' || :first, NULL, :'chitra');
SELECT * FROM refusal('DELETE', '/api/messages/' || :first, NULL, :'dev');
SELECT status, data #>> '{message,subject}' FROM answer('GET', '/api/messages/' || :first, NULL, :'aya');
SELECT status, data #>> '{message,sender_id}' FROM answer('POST', '/api/messages', '{"recipient_id": 4, "body": "Welcome"}', :'root');
SELECT * FROM refusal('GET', '/api/messages');

-- Prices
SELECT status FROM answer('PATCH', '/api/units/2', '{"price": 5250000.50}', :'aya');
SELECT status, data FROM answer('GET', '/api/units/2/price-history', NULL, :'aya');
SELECT status, data -> 'price_history' FROM answer('GET', '/api/units/2/price-history', NULL, :'bo');
SELECT * FROM refusal('GET', '/api/units/2/price-history', NULL, :'chitra');
SELECT * FROM realty.check_invariants();
\i :end
