/*
 * installment_plan.c
 *		An instalment plan, as a builder describes it, made into rows.
 *
 * Three forms of what is left to schedule:
 *
 *	{"type": "equal", "count": 12, "first_due_date": "2027-01-31", "interval_months": 1}
 *	{"type": "milestones", "milestones": [{"milestone": "Roof", "percent": 40.5,
 *	 "due_date": "2027-01-31"}, …]}
 *	{"type": "dates", "instalments": [{"due_date": "2027-01-31", "amount": 1000.50,
 *	 "milestone": "Roof"}, …]}
 *
 * Everything is counted in cents. Shares are cut from the running total, so they
 * add up to the cent whatever was rounded. All violations are reported at once,
 * field by field ("plan.milestones[2].percent").
 */
#include "postgres.h"

#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"
#include "utils/tuplestore.h"

#include "platform/error_codes.h"
#include "platform/json_bounds.h"
#include "platform/jsonb_member.h"
#include "platform/violations.h"

PG_FUNCTION_INFO_V1(realty_payment_plan);

#define MAX_INSTALMENTS 360
#define MAX_HUNDREDTHS INT64CONST(100000000000000) /* numeric(14,2) */
#define WHOLE 10000                                /* 100 percent, in hundredths */
#define MAX_MILESTONE 200
#define MAX_BYTES (512 * 1024) /* more than the largest plan has */

typedef struct Instalment
{
	char *milestone; /* NULL: none */
	bool has_date;
	DateADT due_date;
	int64 hundredths; /* of the amount, or of a percent while that is read */
} Instalment;

typedef struct Schedule
{
	Violations violations;
	int64 left; /* cents that may be scheduled */
	int count;
	Instalment items[MAX_INSTALMENTS];
} Schedule;

/* An object of the plan, and the path of its fields in a violation. */
typedef struct Object
{
	JsonbContainer *json;
	char *path;
} Object;

/* ---- reading ---- */

static void
violation(Schedule *plan, const Object *object, const char *field, const char *message)
{
	realty_violations_add(&plan->violations, psprintf("%s.%s", object->path, field),
						  message);
}

/* NULL when the field is absent or null. */
static JsonbValue *
find_field(const Object *object, const char *field)
{
	JsonbValue *value =
		getKeyJsonValueFromContainer(object->json, field, (int)strlen(field), NULL);

	return value == NULL || value->type == jbvNull ? NULL : value;
}

static void
refuse_unknown(Schedule *plan, const Object *object, const char *const *known)
{
	JsonbIterator *it = JsonbIteratorInit(object->json);
	JsonbValue key;
	JsonbIteratorToken token;

	while ((token = JsonbIteratorNext(&it, &key, true)) != WJB_DONE)
	{
		const char *const *name = known;
		char *field;

		if (token != WJB_KEY)
			continue;
		field = pnstrdup(key.val.string.val, key.val.string.len);
		while (*name != NULL && strcmp(*name, field) != 0)
			name++;
		if (*name == NULL)
			violation(plan, object, field, "is not a known field");
	}
}

/* A positive number of at most two decimals below the limit, in hundredths; else 0. */
static int64
to_hundredths(const JsonbValue *value, int64 limit)
{
	Datum hundred = NumericGetDatum(int64_to_numeric(100));
	Datum scaled;
	double about;

	if (value->type != jbvNumeric)
		return 0;
	scaled =
		DirectFunctionCall2(numeric_mul, NumericGetDatum(value->val.numeric), hundred);
	about = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, scaled));
	if (about < 1 || about > (double)limit ||
		!DatumGetBool(DirectFunctionCall2(
			numeric_eq, scaled,
			DirectFunctionCall2(numeric_trunc, scaled, Int32GetDatum(0)))))
		return 0;
	return DatumGetInt64(DirectFunctionCall1(numeric_int8, scaled));
}

static int64
read_number(Schedule *plan, const Object *object, const char *field, int64 limit,
			const char *message)
{
	JsonbValue *value = find_field(object, field);
	int64 hundredths = value ? to_hundredths(value, limit) : 0;

	if (hundredths == 0)
		violation(plan, object, field, value ? message : "is required");
	return hundredths;
}

static int
read_integer(Schedule *plan, const Object *object, const char *field, int most)
{
	char *message = psprintf("must be a whole number from 1 to %d", most);
	int64 hundredths = read_number(plan, object, field, (int64)most * 100, message);

	if (hundredths % 100 != 0)
		violation(plan, object, field, message);
	return (int)(hundredths / 100);
}

/* YYYY-MM-DD and nothing else: no date style, no words, no surprise. */
static bool
parse_date(const char *text, DateADT *date)
{
	int year;
	int month;
	int day;
	int length = 0;

	if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 ||
		sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &length) != 3 || length != 10)
		return false;
	if (year < 1900 || month < 1 || month > 12 || day < 1 ||
		day > day_tab[isleap(year)][month - 1])
		return false;
	*date = date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
	return true;
}

static bool
read_date(Schedule *plan, const Object *object, const char *field, bool required,
		  DateADT *date)
{
	JsonbValue *value = find_field(object, field);

	if (value == NULL)
	{
		if (required)
			violation(plan, object, field, "is required");
		return false;
	}
	if (value->type == jbvString &&
		parse_date(pnstrdup(value->val.string.val, value->val.string.len), date))
		return true;
	violation(plan, object, field, "must be a date like 2027-01-31");
	return false;
}

static char *
read_milestone(Schedule *plan, const Object *object, bool required)
{
	JsonbValue *value = find_field(object, "milestone");
	char *text;

	if (value == NULL)
	{
		if (required)
			violation(plan, object, "milestone", "is required");
		return NULL;
	}
	text = value->type == jbvString
			   ? pnstrdup(value->val.string.val, value->val.string.len)
			   : "";
	if (*text == '\0' || pg_mbstrlen(text) > MAX_MILESTONE)
		violation(plan, object, "milestone", "must have 1 to 200 characters");
	return text;
}

/* ---- the forms ---- */

static DateADT
add_months(DateADT date, int months)
{
	int year;
	int month;
	int day;

	j2date(date + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	month += months - 1;
	year += month / 12;
	month = month % 12 + 1;
	day = Min(day, day_tab[isleap(year)][month - 1]);
	return date2j(year, month, day) - POSTGRES_EPOCH_JDATE;
}

/* From shares to amounts: each is the difference of two rounded running totals. */
static void
cut_shares(Schedule *plan, int64 whole)
{
	int64 share = 0;
	int64 done = 0;

	for (int i = 0; i < plan->count; i++)
	{
		int64 upto;

		share += plan->items[i].hundredths;
		upto = (plan->left * share + whole / 2) / whole;
		plan->items[i].hundredths = upto - done;
		done = upto;
	}
}

static void
read_equal(Schedule *plan, const Object *object)
{
	static const char *const known[] = {
		"type", "count", "first_due_date", "interval_months", "interval_days", NULL};
	bool by_days = find_field(object, "interval_days") != NULL;
	int count = read_integer(plan, object, "count", MAX_INSTALMENTS);
	DateADT first = 0;
	bool dated = read_date(plan, object, "first_due_date", true, &first);
	int step = by_days ? read_integer(plan, object, "interval_days", 3660)
					   : read_integer(plan, object, "interval_months", 120);

	refuse_unknown(plan, object, known);
	if (by_days && find_field(object, "interval_months") != NULL)
		violation(plan, object, "interval_days", "excludes interval_months");
	if (plan->violations.count > 0 || !dated)
		return;
	plan->count = count;
	for (int i = 0; i < count; i++)
		plan->items[i] = (Instalment){
			.milestone = psprintf("Instalment %d of %d", i + 1, count),
			.has_date = true,
			.due_date = by_days ? first + i * step : add_months(first, i * step),
			.hundredths = 1,
		};
	cut_shares(plan, count);
}

/* The objects of the array in this field; true when there are any to be read. */
static bool
open_array(Schedule *plan, const Object *object, const char *field,
		   JsonbContainer **array)
{
	JsonbValue *value = find_field(object, field);
	uint32 size = 0;

	if (value != NULL && value->type == jbvBinary &&
		JsonContainerIsArray(value->val.binary.data) &&
		!JsonContainerIsScalar(value->val.binary.data))
	{
		*array = value->val.binary.data;
		size = JsonContainerSize(*array);
	}
	if (size < 1 || size > MAX_INSTALMENTS)
	{
		violation(plan, object, field,
				  value ? psprintf("must be an array of 1 to %d objects", MAX_INSTALMENTS)
						: "is required");
		return false;
	}
	plan->count = (int)size;
	return true;
}

static bool
open_item(Schedule *plan, const Object *object, const char *field, JsonbContainer *array,
		  int index, Object *item)
{
	item->json = realty_jsonb_object(getIthJsonbValueFromContainer(array, (uint32)index));
	if (item->json == NULL)
	{
		violation(plan, object, psprintf("%s[%d]", field, index), "must be an object");
		return false;
	}
	item->path = psprintf("%s.%s[%d]", object->path, field, index);
	return true;
}

static void
check_percents(Schedule *plan, const Object *object, int64 sum)
{
	if (sum != WHOLE)
		violation(
			plan, object, "milestones",
			psprintf("percents must add up to 100, these make %.2f", (double)sum / 100));
	else
		cut_shares(plan, WHOLE);
}

static void
check_amounts(Schedule *plan, const Object *object, int64 sum)
{
	if (sum > plan->left)
		violation(plan, object, "instalments",
				  psprintf("add up to " INT64_FORMAT ".%02d, but only " INT64_FORMAT
						   ".%02d is left to schedule",
						   sum / 100, (int)(sum % 100), plan->left / 100,
						   (int)(plan->left % 100)));
}

static int64
read_share(Schedule *plan, const Object *item, bool by_percent)
{
	return by_percent
			   ? read_number(plan, item, "percent", WHOLE,
							 "must be above 0, at most 100, with at most two decimals")
			   : read_number(plan, item, "amount", MAX_HUNDREDTHS - 1,
							 "must be above 0, with at most two decimals");
}

/* Milestones with a share each, or instalments with a date and an amount each. */
static void
read_list(Schedule *plan, const Object *object, bool by_percent)
{
	const char *list = by_percent ? "milestones" : "instalments";
	const char *const known[] = {"type", list, NULL};
	const char *const known_inside[] = {"milestone", by_percent ? "percent" : "amount",
										"due_date", NULL};
	JsonbContainer *array = NULL;
	int64 sum = 0;
	Object item;

	refuse_unknown(plan, object, known);
	if (!open_array(plan, object, list, &array))
		return;
	for (int i = 0; i < plan->count; i++)
	{
		Instalment *one = &plan->items[i];

		if (!open_item(plan, object, list, array, i, &item))
			continue;
		refuse_unknown(plan, &item, known_inside);
		one->milestone = read_milestone(plan, &item, by_percent);
		one->hundredths = read_share(plan, &item, by_percent);
		one->has_date = read_date(plan, &item, "due_date", !by_percent, &one->due_date);
		sum += one->hundredths;
	}
	if (plan->violations.count == 0)
		(by_percent ? check_percents : check_amounts)(plan, object, sum);
}

static void
read_plan(Schedule *plan, Jsonb *json)
{
	Object object = {.json = &json->root, .path = "plan"};
	JsonbValue *type;
	char *name = "";

	if (!JB_ROOT_IS_OBJECT(json) || !realty_json_text_is_within(&json->root, MAX_BYTES))
	{
		realty_violations_add(&plan->violations, "plan",
							  JB_ROOT_IS_OBJECT(json) ? "must have at most 512 kB"
													  : "must be an object");
		return;
	}
	type = find_field(&object, "type");
	if (type != NULL && type->type == jbvString)
		name = pnstrdup(type->val.string.val, type->val.string.len);
	if (strcmp(name, "equal") == 0)
		read_equal(plan, &object);
	else if (strcmp(name, "milestones") == 0)
		read_list(plan, &object, true);
	else if (strcmp(name, "dates") == 0)
		read_list(plan, &object, false);
	else
		violation(plan, &object, "type",
				  type ? "must be one of equal, milestones, dates" : "is required");
}

/* ---- the answer ---- */

static void
refuse_empty_shares(Schedule *plan)
{
	for (int i = 0; i < plan->count && plan->violations.count == 0; i++)
		if (plan->items[i].hundredths == 0)
			realty_violations_add(&plan->violations, "plan",
								  "leaves nothing for some of its instalments");
}

static Datum
cents_to_numeric(int64 cents)
{
	return NumericGetDatum(int64_div_fast_to_numeric(cents, 2));
}

static void
put_rows(FunctionCallInfo fcinfo, const Schedule *plan)
{
	ReturnSetInfo *result = (ReturnSetInfo *)fcinfo->resultinfo;

	for (int i = 0; i < plan->count; i++)
	{
		const Instalment *one = &plan->items[i];
		Datum values[3] = {0};
		bool nulls[3] = {one->milestone == NULL, false, !one->has_date};

		if (one->milestone != NULL)
			values[0] = CStringGetTextDatum(one->milestone);
		values[1] = cents_to_numeric(one->hundredths);
		values[2] = DateADTGetDatum(one->due_date);
		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
}

/*
 * realty.payment_plan(plan jsonb, amount_left numeric)
 *		→ setof (milestone text, amount numeric, due_date date)
 */
Datum
realty_payment_plan(PG_FUNCTION_ARGS)
{
	Schedule *plan = palloc0(sizeof(Schedule));
	Datum hundred = NumericGetDatum(int64_to_numeric(100));

	InitMaterializedSRF(fcinfo, 0);
	realty_violations_init(&plan->violations);
	if (!PG_ARGISNULL(1))
		plan->left = DatumGetInt64(DirectFunctionCall1(
			numeric_int8, DirectFunctionCall2(numeric_mul, PG_GETARG_DATUM(1), hundred)));
	if (PG_ARGISNULL(0))
		realty_violations_add(&plan->violations, "plan", "is required");
	else
		read_plan(plan, PG_GETARG_JSONB_P(0));
	if (plan->left > 0)
		refuse_empty_shares(plan);
	realty_violations_raise(&plan->violations);
	if (plan->left <= 0)
		ereport(ERROR, (realty_errcode(REALTY_CONFLICT),
						errmsg("nothing of this booking is left to schedule"),
						errdetail("What is owed is paid, submitted or due as a token.")));
	put_rows(fcinfo, plan);
	return (Datum)0;
}
