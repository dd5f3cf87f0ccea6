/*
 * json_bounds.c
 *		How large a JSON document is when it is printed, found without printing it.
 *
 * A number is stored as its digits and an exponent: 1e131071 takes a few bytes and prints
 * 131,072 digits. A document of a megabyte can therefore print gigabytes, which no
 * answer, log or dump survives. What is asked here costs as much as the document is
 * large, whatever it would print: of a number only digits, weight and scale are looked
 * at. Walking stops where the limit is passed.
 *
 * Depth is bounded as well, since jsonb can be nested by SQL more deeply than the parser
 * can read back, and a dump has to be read back.
 */
#include "postgres.h"

#include "fmgr.h"
#include "miscadmin.h"
#include "port/pg_bswap.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/numeric.h"

#include <limits.h>

#include "platform/compat.h"
#include "platform/json_bounds.h"

PG_FUNCTION_INFO_V1(realty_jsonb_text_size_within);
PG_FUNCTION_INFO_V1(realty_is_bounded_json);
PG_FUNCTION_INFO_V1(realty_is_bounded_object);

#define SCALE_MAX (2 * REALTY_JSON_EXPONENT) /* written digits behind the point */
#define EXPONENT_FAR 1000000                 /* further than any number reaches */
#define BASE_DIGITS 4                        /* decimal digits in one of numeric's */

/* A number: 0.00 has no significant digit and two behind the point. */
typedef struct NumberShape
{
	int digits;   /* significant */
	int exponent; /* of the first of them, as in d.ddd * 10^exponent */
	int scale;    /* digits behind the point */
	int64 length; /* of its text */
	bool special; /* NaN and the infinities, which no JSON text holds */
} NumberShape;

static bool
is_plain(const NumberShape *shape)
{
	return !shape->special && shape->scale <= SCALE_MAX &&
		   shape->digits <= REALTY_JSON_DIGITS &&
		   abs(shape->exponent) <= REALTY_JSON_EXPONENT;
}

/* ---- as written ---- */

static int
read_exponent(const char *at)
{
	long exponent;

	if (*at != 'e' && *at != 'E')
		return 0;
	exponent = strtol(at + 1, NULL, 10);
	return (int)Min(Max(exponent, -EXPONENT_FAR), EXPONENT_FAR);
}

bool
realty_json_number_is_plain(const char *token)
{
	const char *at = token + (token[0] == '-');
	NumberShape shape = {0};
	int whole = 0;
	int count = 0;
	int first = -1;
	int last = -1;
	bool behind_point = false;

	for (; *at && *at != 'e' && *at != 'E'; at++)
	{
		if (*at == '.')
		{
			behind_point = true;
			continue;
		}
		if (*at != '0')
		{
			first = first < 0 ? count : first;
			last = count;
		}
		whole += !behind_point;
		count++;
	}
	shape.exponent = read_exponent(at);
	shape.scale = Max(count - whole - shape.exponent, 0);
	if (first >= 0)
	{
		shape.digits = last - first + 1;
		shape.exponent += whole - 1 - first;
	}
	return is_plain(&shape);
}

/* ---- as stored ---- */

static int
decimal_length(int16 digit)
{
	return digit >= 1000 ? 4 : digit >= 100 ? 3 : digit >= 10 ? 2 : 1;
}

static int
trailing_zeros(int16 digit)
{
	return digit % 10 != 0 ? 0 : digit % 100 != 0 ? 1 : digit % 1000 != 0 ? 2 : 3;
}

static int16
read_int16(const char *wire, int index)
{
	uint16 value;

	memcpy(&value, wire + index * sizeof(value), sizeof(value));
	return (int16)pg_ntoh16(value);
}

/*
 * The binary form of the wire protocol has what numeric.c keeps to itself: count of
 * digits, weight, sign and scale, then the digits, each of four decimal ones.
 */
static NumberShape
shape_of(Numeric number)
{
	bytea *sent =
		DatumGetByteaPP(DirectFunctionCall1(numeric_send, NumericGetDatum(number)));
	const char *wire = VARDATA_ANY(sent);
	int count = read_int16(wire, 0);
	int weight = read_int16(wire, 1);
	uint16 sign = (uint16)read_int16(wire, 2);
	NumberShape shape = {.scale = read_int16(wire, 3), .special = sign >= 0xC000};
	int64 whole = 1;

	while (count > 0 && read_int16(wire, 3 + count) == 0)
		count--;
	if (count > 0)
	{
		int lead = decimal_length(read_int16(wire, 4));

		shape.exponent = weight * BASE_DIGITS + lead - 1;
		shape.digits = lead + (count - 1) * BASE_DIGITS -
					   trailing_zeros(read_int16(wire, 3 + count));
		whole = Max(shape.exponent + 1, 1);
	}
	shape.length = shape.special ? (int64)strlen("-Infinity")
								 : (sign != 0) + whole + (shape.scale > 0) + shape.scale;
	pfree(sent);
	return shape;
}

/* ---- documents ---- */

typedef struct Walk
{
	int64 bytes; /* of the text so far */
	int64 most;
	int depth;
	int most_depth;
	bool plain; /* ask it of each number */
} Walk;

static int64
string_length(const char *string, int length)
{
	int64 bytes = 2;

	for (int i = 0; i < length; i++)
	{
		unsigned char c = (unsigned char)string[i];

		CHECK_FOR_INTERRUPTS();
		if (c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v'))
			bytes += 2;
		else
			bytes += c < ' ' ? 6 : 1;
	}
	return bytes;
}

static bool
walk_scalar(Walk *walk, const JsonbValue *value)
{
	NumberShape shape;

	switch (value->type)
	{
	case jbvNull:
		walk->bytes += 4;
		return true;
	case jbvBool:
		walk->bytes += value->val.boolean ? 4 : 5;
		return true;
	case jbvString:
		walk->bytes += string_length(value->val.string.val, value->val.string.len);
		return true;
	case jbvNumeric:
		shape = shape_of(value->val.numeric);
		walk->bytes += shape.length;
		return !walk->plain || is_plain(&shape);
	default:
		return false;
	}
}

/* Brackets, and what stands between the members. */
static bool
walk_opening(Walk *walk, int count)
{
	walk->bytes += 2 + 2 * (int64)Max(count - 1, 0);
	return ++walk->depth <= walk->most_depth;
}

static bool
walk_step(Walk *walk, JsonbIteratorToken token, const JsonbValue *value)
{
	switch (token)
	{
	case WJB_BEGIN_ARRAY:
		return value->val.array.rawScalar || walk_opening(walk, value->val.array.nElems);
	case WJB_BEGIN_OBJECT:
		return walk_opening(walk, value->val.object.nPairs);
	case WJB_KEY:
		walk->bytes += 2 + string_length(value->val.string.val, value->val.string.len);
		return true;
	case WJB_END_ARRAY:
	case WJB_END_OBJECT:
		walk->depth--;
		return true;
	default:
		return walk_scalar(walk, value);
	}
}

static bool
walk_document(Walk *walk, JsonbContainer *document)
{
	JsonbIterator *it;
	JsonbValue value;
	JsonbIteratorToken token;

	if (JsonContainerSize(document) == 0) /* {} and [], as most are */
	{
		walk->bytes += 2;
		return walk->bytes <= walk->most && walk->depth < walk->most_depth;
	}
	it = JsonbIteratorInit(document);
	while ((token = JsonbIteratorNext(&it, &value, false)) != WJB_DONE)
	{
		CHECK_FOR_INTERRUPTS();
		if (!walk_step(walk, token, &value) || walk->bytes > walk->most)
			return false;
	}
	return true;
}

static bool
walk_value(Walk *walk, const JsonbValue *value)
{
	return value->type == jbvBinary ? walk_document(walk, value->val.binary.data)
									: walk_scalar(walk, value);
}

bool
realty_json_value_is_plain(const JsonbValue *value)
{
	Walk walk = {.most = PG_INT64_MAX, .most_depth = INT_MAX, .plain = true};

	return walk_value(&walk, value);
}

bool
realty_json_text_is_within(JsonbContainer *document, int64 most)
{
	Walk walk = {.most = most, .most_depth = REALTY_JSON_DEPTH + 2};

	return walk_document(&walk, document);
}

bool
realty_json_is_bounded(JsonbContainer *document, int64 most)
{
	Walk walk = {.most = most, .most_depth = REALTY_JSON_DEPTH, .plain = true};

	return walk_document(&walk, document);
}

int64
realty_json_member_size(const JsonbValue *value)
{
	Walk walk = {.most = PG_INT64_MAX, .most_depth = INT_MAX};

	(void)walk_value(&walk, value);
	return walk.bytes;
}

/* realty.jsonb_text_size_within(document jsonb, most integer) → boolean */
Datum
realty_jsonb_text_size_within(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		realty_json_text_is_within(&PG_GETARG_JSONB_P(0)->root, PG_GETARG_INT32(1)));
}

/* realty.is_bounded_json(document jsonb, most integer) → boolean */
Datum
realty_is_bounded_json(PG_FUNCTION_ARGS)
{
	PG_RETURN_BOOL(
		realty_json_is_bounded(&PG_GETARG_JSONB_P(0)->root, PG_GETARG_INT32(1)));
}

/* realty.is_bounded_object(document jsonb, most integer) → boolean */
Datum
realty_is_bounded_object(PG_FUNCTION_ARGS)
{
	Jsonb *document = PG_GETARG_JSONB_P(0);

	PG_RETURN_BOOL(JB_ROOT_IS_OBJECT(document) &&
				   realty_json_is_bounded(&document->root, PG_GETARG_INT32(1)));
}
