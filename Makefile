# Builds realty and drives it. `make` alone prints what there is.
#
# The build is PGXS's, with three additions of ours: header dependencies (PGXS tracks none),
# the install script put together from schema/, and the gateway, which is a program of its own
# and sees nothing of the server's headers. Everything longer than a line is in tools/.

.DEFAULT_GOAL := help

# Nothing as long as there is no server to build for: up and test install Debian's.
ifndef PG_CONFIG
PG_CONFIG := $(shell tools/pg-config)
endif
export PG_CONFIG

EXTENSION = realty
MODULE_big = realty
REALTY_VERSION = $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" realty.control)
SCRIPT = realty--$(REALTY_VERSION).sql
# With the ways to it from releases before; those releases themselves are for tests.
DATA = $(SCRIPT) $(wildcard upgrade/realty--*--*.sql)
BASELINE = $(wildcard upgrade/baseline/realty--*.sql)

# A room may have folders.
SOURCES = $(sort $(wildcard src/*.c src/*/*.c src/*/*/*.c))

# Objects of the library: all rooms but the gateway's.
OBJS = $(patsubst %.c,%.o,$(filter-out src/gateway/%,$(SOURCES)))
SHLIB_LINK = -lsodium -lcrypt

# The server's headers are given as system headers, so that -Wextra speaks of our code only.
# Off on purpose: unused parameters (PG_FUNCTION_ARGS and the server's callbacks have them by
# nature) and missing initialisers (a RealtyPlan starts with its last fields zero).
# The C of gcc 8 to 14: in that of 15, headers of PostgreSQL 15 declare functions without arguments.
PG_CPPFLAGS = -MMD -MP -Isrc -I$(shell $(PG_CONFIG) --includedir) \
	-isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS = -std=gnu17 -Wextra -Werror -Wno-unused-parameter -Wno-missing-field-initializers
# The server's own flags are those of its compiler, and clang has not all of gcc's.
ifneq ($(findstring clang,$(CC)),)
PG_CFLAGS += -Wno-ignored-optimization-argument -Wno-unknown-warning-option
endif

# tools/instrumented sets it: an instrumented build.
ifdef SANITIZE
SANITIZERS = $(SANITIZE) -g -fno-omit-frame-pointer
PG_CFLAGS += $(SANITIZERS)
PG_LDFLAGS += $(SANITIZERS)
endif

# Where the gateway finds the files of its page /docs.
DOCS_DIRECTORY = $(shell $(PG_CONFIG) --sharedir)/realty/docs

GATEWAY_OBJS = $(patsubst %.c,%.o,$(filter src/gateway/%,$(SOURCES)))
# What the gateway and the library share: libc only, built once for both.
GATEWAY_SHARED_OBJS = $(patsubst %.c,%.o,$(filter src/common/%,$(SOURCES)))
GATEWAY = $(if $(GATEWAY_OBJS),realty-gateway)
GATEWAY_CPPFLAGS = -MMD -MP -Isrc -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 \
	-DREALTY_VERSION='"$(REALTY_VERSION)"' \
	-DREALTY_DOCS_DIRECTORY='"$(DOCS_DIRECTORY)"' \
	-I$(shell $(PG_CONFIG) --includedir)
GATEWAY_CFLAGS = -std=gnu17 -O2 -g -fPIE -fstack-protector-strong -Wall -Wextra -Werror \
	-Wmissing-prototypes -Wstrict-prototypes -Wpointer-arith -Wformat=2 -Wvla $(SANITIZERS)
GATEWAY_LDFLAGS = -pie -Wl,-z,relro -Wl,-z,now -L$(shell $(PG_CONFIG) --libdir)
GATEWAY_LIBS = -lmicrohttpd -lpq -lz -pthread

REGRESS = $(patsubst sql/%.sql,%,$(sort $(wildcard sql/*.sql)))
REGRESS_OPTS = --load-extension=realty --encoding=UTF8
ISOLATION = $(patsubst specs/%.spec,%,$(sort $(wildcard specs/*.spec)))
ISOLATION_OPTS = --load-extension=realty --encoding=UTF8

EXTRA_CLEAN = realty-gateway docs-ui/built $(GATEWAY_OBJS) results regression.diffs regression.out \
	$(SOURCES:.c=.d) tmp_check

# A bare machine has no PGXS yet: help, up and test work all the same, since they install it.
PGXS := $(if $(PG_CONFIG),$(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null)))
ifneq ($(PGXS),)
# No bitcode: our functions are not worth inlining into JIT code, and it doubles the build.
override with_llvm = no
include $(PGXS)
else
all install installcheck clean:
	@echo "$@: no PGXS found by '$(PG_CONFIG)'." >&2
	@echo "Install it (tools/install-packages run, or postgresql-server-dev-VERSION), or name another one:" >&2
	@echo "  make $@ PG_CONFIG=/path/to/pg_config" >&2
	@exit 1
endif

all: $(SCRIPT) $(GATEWAY) docs-ui/built

# Each time, because a part that was removed leaves no newer file behind; the tool leaves an
# unchanged script untouched.
$(SCRIPT): FORCE
	@tools/assemble $@

# A line a file; V=1 shows the whole of it.
Q = $(if $(V),,@)

$(OBJS): %.o: %.c
	@echo "compiling $<"
	$(Q)$(COMPILE.c) -o $@ $<

realty-gateway: $(GATEWAY_OBJS) $(GATEWAY_SHARED_OBJS)
	@echo "linking $@"
	$(Q)$(CC) $(GATEWAY_CFLAGS) $(GATEWAY_OBJS) $(GATEWAY_SHARED_OBJS) $(GATEWAY_LDFLAGS) $(GATEWAY_LIBS) -o $@

# REALTY_VERSION is compiled in, and realty.control says it.
$(GATEWAY_OBJS): %.o: %.c realty.control
	@echo "compiling $<"
	$(Q)$(CC) $(GATEWAY_CFLAGS) $(GATEWAY_CPPFLAGS) -c $< -o $@

# Looked at each time: npm may have come since.
docs-ui/built: FORCE
	@tools/docs-ui $@

ifneq ($(GATEWAY),)
install: install-gateway install-docs-ui
endif

install-docs-ui: docs-ui/built
	$(MKDIR_P) '$(DESTDIR)$(DOCS_DIRECTORY)'
	$(INSTALL_DATA) docs-ui/built/* '$(DESTDIR)$(DOCS_DIRECTORY)/'

install-gateway: realty-gateway installdirs
	$(MKDIR_P) '$(DESTDIR)$(bindir)'
	$(INSTALL_PROGRAM) realty-gateway '$(DESTDIR)$(bindir)/'

# CREATE EXTENSION realty VERSION '1.0' then works, which t/60_upgrade.pl begins with.
install-baseline: installdirs
	$(INSTALL_DATA) $(BASELINE) '$(DESTDIR)$(datadir)/extension/'

uninstall: uninstall-gateway

uninstall-gateway:
	rm -f '$(DESTDIR)$(bindir)/realty-gateway'
	rm -rf '$(DESTDIR)$(DOCS_DIRECTORY)'

-include $(OBJS:.o=.d) $(GATEWAY_OBJS:.o=.d)

##
## Run it
up: ## install what is missing, build, start, load sample data (twice is harmless)
	@tools/up

down: ## stop what `make up` started; the data stays
	@tools/down

clean-run: ## stop it and remove its cluster, logs and secret
	@tools/clean-run

psql: ## open the database of `make up` [ROLE=realty_builder, ROLE=analyst]
	@tools/psql

docs: ## write docs/api from what the server of `make up` says of itself
	@echo 'SELECT api.openapi()' | tools/psql -XAtq | tools/docs-api docs/api

##
## Test it
test: ## every test there is, on a throw-away cluster
	@tools/test

test-full: ## the same with the long sizes (races, dumps, loads)
	@SIZE=full tools/test

test-versions: ## every test, on this machine and on Debian 13 and 14 (PostgreSQL 15, 17, 18)
	@tools/test
	@tools/test-on trixie
	@tools/test-on forky

sanitize: ## every test on an ASan + UBSan build (NAMES="auth_jwt t/05_server.pl": only these)
	@tools/instrumented sanitize $(NAMES)

valgrind: ## some stories under valgrind's memcheck (NAMES="...": these)
	@tools/instrumented valgrind $(NAMES)

coverage: ## which lines of the C the tests run, file by file (needs lcov)
	@tools/instrumented coverage $(NAMES)

mutants: ## take each rule away and see whether a test notices (EVERY=20: each twentieth)
	@tools/mutants

fuzz: ## libFuzzer on the pure parsers, 10 million inputs each (RUNS=200000: fewer)
	@tools/fuzz $(NAMES)

pentest: ## sqlmap and wapiti on the server of `make up`, half an hour
	@tools/pentest

check-format: ## is the C as clang-format 14 leaves it?
	@tools/format --check

check-rooms: ## does each room include only what it may, and nothing in a circle?
	@tools/check-rooms

check-upgrade: ## which statements are missing in upgrade/?
	@tools/compare-catalogs

check-symbols: ## does the library export only its own names?
	@tools/check-symbols

##
## Measure it
bench-quick: ## the benchmarks in three minutes (NAMES="reads bookings": only these groups)
	@tools/bench quick $(NAMES)

bench: ## the benchmarks in full, an hour; writes bench/RESULTS.md and bench/plots
	@tools/bench full $(NAMES)

soak: ## half an hour of mixed load: is anything growing? (MINUTES=5: shorter)
	@tools/bench soak $(MINUTES)

##
## Build it (for a server that exists; PG_CONFIG=/path/to/pg_config)
##   make all           the library, the gateway and the install script
##   make install       put them where that server looks
##   make installcheck  pg_regress and isolation against that server, running
##   make clean         remove what was built
indent: ## format the C with clang-format 14
	@tools/format

help:
	@echo "realty: a property backend inside PostgreSQL"
	@sed -n -e 's/^## \{0,1\}\(.*\)/\1/p' \
		-e 's/^\([a-z-]*\): ## \(.*\)/\1\t\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F '\t' 'NF == 2 { printf "  make %-13s %s\n", $$1, $$2; next } { print }'

FORCE:

.PHONY: bench bench-quick soak up down clean-run psql docs test test-full test-versions sanitize valgrind coverage mutants fuzz pentest check-format check-rooms check-symbols check-upgrade indent \
	help install-baseline install-gateway uninstall-gateway FORCE
