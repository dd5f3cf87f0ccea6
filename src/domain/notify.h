/*
 * notify.h
 *		Telling people what happened.
 */
#ifndef REALTY_DOMAIN_NOTIFY_H
#define REALTY_DOMAIN_NOTIFY_H

/*
 * The statement that notifies. `recipients` is a SELECT of kind, audience,
 * user_id, facts (jsonb, what the template's names stand for) and data (jsonb,
 * what the notification refers to): one row for each person and event. A kind
 * without a template for an audience tells that audience nothing.
 */
#define REALTY_NOTIFY_SQL(recipients)                                                    \
	"INSERT INTO realty.notifications (user_id, kind, title, body, data) "               \
	"SELECT r.user_id, t.kind, realty.fill_template(t.title, r.facts), "                 \
	"realty.fill_template(t.body, r.facts), r.data FROM (" recipients ") r "             \
	"JOIN realty.notification_templates t ON t.kind = r.kind AND t.audience = "          \
	"r.audience"

#endif /* REALTY_DOMAIN_NOTIFY_H */
