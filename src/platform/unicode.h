/*
 * unicode.h
 *		What a character is, and when two texts are the same to a reader.
 */
#ifndef REALTY_PLATFORM_UNICODE_H
#define REALTY_PLATFORM_UNICODE_H

#include "postgres.h"

/* Does the text show anything: a letter, digit, sign or picture? */
extern bool realty_text_is_visible(const char *text, int length);

/*
 * Is each character one that shows, a blank or in its place: no control character, no
 * change of direction, nothing of no width? `breaks` allows line breaks and tabs.
 */
extern bool realty_text_is_clean(const char *text, int length, bool breaks);

/* Is each character assigned, and none for private use? */
extern bool realty_text_is_known(const char *text, int length);

/* Are those of its characters that are not ASCII letters or marks on letters? */
extern bool realty_text_has_plain_letters(const char *text, int length);

/*
 * The text as people compare it: NFKC, without case and without what has no width,
 * single blanks between its words and none around. Palloc'd. The same for any locale
 * and for any later Unicode, as far as today's characters go.
 */
extern char *realty_text_identity(const char *text, int length);

/* Where the text begins and ends without blanks around it; *length is changed. */
extern const char *realty_text_trim(const char *text, int *length);

#endif /* REALTY_PLATFORM_UNICODE_H */
