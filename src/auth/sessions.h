/*
 * sessions.h
 *		Sessions and the refresh tokens that keep them alive.
 */
#ifndef REALTY_AUTH_SESSIONS_H
#define REALTY_AUTH_SESSIONS_H

#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/jsonb.h"

#include "auth/jwt.h"
#include "platform/owner_sql.h"
#include "platform/violations.h"

extern void realty_sessions_init(void);

/* All of these are called between realty_owner_sql_begin and _end. */

/* A new session of that user; its id goes into subject->session_id. */
extern void realty_session_open(JwtSubject *subject);

/* Writes "token": …, "refresh_token": …, "expires_in": … of a session that is open. */
extern void realty_session_append_tokens(StringInfo json, const JwtSubject *subject);

/*
 * An answer that refuses and still commits: sets response.status to 401, as PostgREST
 * and realty.request read it, and returns {"code": …, "message": …}.
 */
extern Datum realty_answer_refusal(const char *code, const char *message);
extern Datum realty_answer_refusal_as(int status, const char *code, const char *message);

/*
 * The same for violations: what realty_violations_raise raises, answered with
 * status 422.
 */
extern Datum realty_answer_violations(Violations *violations);

/* {"ended_sessions": …} */
extern Datum realty_answer_ended(int64 ended);

#endif /* REALTY_AUTH_SESSIONS_H */
