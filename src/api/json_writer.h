/*
 * json_writer.h
 *		JSON written piece by piece, with the commas between.
 */
#ifndef REALTY_API_JSON_WRITER_H
#define REALTY_API_JSON_WRITER_H

#include "postgres.h"

#include "lib/stringinfo.h"

/* name is the member's in an object, NULL in an array. */
extern void realty_json_open(StringInfo json, const char *name);
extern void realty_json_close(StringInfo json);
extern void realty_json_open_list(StringInfo json, const char *name);
extern void realty_json_close_list(StringInfo json);
extern void realty_json_text(StringInfo json, const char *name, const char *value);
extern void realty_json_number(StringInfo json, const char *name, int64 value);
extern void realty_json_flag(StringInfo json, const char *name, bool value);
/* value is JSON already. */
extern void realty_json_raw(StringInfo json, const char *name, const char *value);
/* {"$ref": "#/components/<kind>/<name>"} */
extern void realty_json_ref(StringInfo json, const char *name, const char *kind,
							const char *to);

#endif /* REALTY_API_JSON_WRITER_H */
