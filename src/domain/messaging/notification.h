/*
 * notification.h
 *		Statements that notify.
 */
#ifndef REALTY_DOMAIN_MESSAGING_NOTIFICATION_H
#define REALTY_DOMAIN_MESSAGING_NOTIFICATION_H

/*
 * The statement that notifies. `recipients` is a SELECT of kind, audience, user_id,
 * facts (jsonb, what the template's names stand for) and data (jsonb, what the
 * notification refers to): one row for each account and event. A kind without a
 * template for an audience does not notify it. OFFSET 0 keeps the planner from
 * computing the facts for each use, LIMIT 1 from hashing all templates for one.
 */
#define REALTY_NOTIFY_SQL(recipients)                                                    \
	"INSERT INTO realty.notifications (user_id, kind, title, body, data) "               \
	"SELECT r.user_id, t.kind, left(realty.fill_template(t.title, r.facts), 1000), "     \
	"rtrim(realty.fill_template(t.body, r.facts)), r.data "                              \
	"FROM (" recipients " OFFSET 0) r "                                                  \
	"CROSS JOIN LATERAL (SELECT n.kind, n.title, n.body "                                \
	"FROM realty.notification_templates n "                                              \
	"WHERE n.kind = r.kind AND n.audience = r.audience LIMIT 1) t"

/*
 * Parts of such a SELECT for what concerns a booking: f is a row of
 * realty.booking_parties; the audience joins as a (audience, user_id).
 */
#define REALTY_BOOKING_FACTS                                                             \
	"jsonb_build_object('number', f.number, 'unit', f.unit, 'project', f.project, "      \
	"'customer', f.customer, 'builder', f.builder)"
#define REALTY_BOOKING_DATA                                                              \
	"jsonb_build_object('booking_id', f.booking_id, 'booking_number', f.number, "        \
	"'unit_id', f.unit_id, 'project_id', f.project_id)"
#define REALTY_BOOKING_AUDIENCE                                                          \
	"(VALUES ('customer', f.customer_user_id), ('builder', f.builder_user_id)) "         \
	"a (audience, user_id)"

#endif /* REALTY_DOMAIN_MESSAGING_NOTIFICATION_H */
