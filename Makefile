# SPDX-License-Identifier: GPL-2.0-only
#
#   make            the library and the command (lib: the library alone)
#   make tests      the unit tests and the fuzzers (unit-tests: without these)
#   make man        the manual pages; make install, uninstall: see dist/rules.mk
#   make modules    the modules, for the running kernel (KDIR= for another)
#   make clean
#
# Everything that make makes lies in build/, but for `make modules`, which is
# Kbuild's. ./check runs the tests; vm/build builds modules for the VM kit.

B := build
CC := gcc-12
CLANG := clang-14
KDIR ?= /lib/modules/$(shell uname -r)/build

CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror
CORE_SRC := $(addprefix core/,walk.c translate.c scan.c sweep.c decode.c fmt_x86.c)
CORE_OBJ := $(CORE_SRC:%.c=$(B)/%.o)

# Programs that the test run calls: exit status 0 passed, 1 failed, 77 skipped.
UNIT_TESTS :=
FUZZERS :=

.DELETE_ON_ERROR:
.PHONY: all tests unit-tests list-tests modules clean

all: $(B)/libptwcore.a

include lib/rules.mk
include cli/rules.mk
include dist/rules.mk
include tests/unit/rules.mk
include tests/fuzz/rules.mk

tests: unit-tests $(FUZZERS)
unit-tests: $(UNIT_TESTS)

list-tests:
	@printf '%s\n' $(UNIT_TESTS)

$(B)/libptwcore.a: $(CORE_OBJ)
	$(AR) rcs $@ $^

$(B)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Kbuild's own clean needs a kernel tree; this one needs none.
clean:
	rm -rf $(B)
	find . -name '*.ko' -o -name '*.o' -o -name '*.mod' -o -name '*.mod.c' -o -name '.*.cmd' \
		-o -name modules.order -o -name Module.symvers | xargs -r rm -f

-include $(CORE_OBJ:.o=.d)
