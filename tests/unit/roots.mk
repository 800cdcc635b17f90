# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of what is found in an image's tables: a small machine (machine.h) and
# random tables (tree.h). Included by rules.mk, whose rules compile them.

ROOTS_NAMES := roots root_search regions release
ROOTS_PROGRAMS := $(ROOTS_NAMES:%=$(UNIT_DIR)/test_lib_%)
ROOTS_OBJ := $(addprefix $(UNIT_DIR)/,machine.o mem.o model.o tree.o kernelbytes.o)
ROOTS_OBJ += $(LIB_SRC:%.c=$(UNIT_DIR)/%.o)

UNIT_TESTS += $(ROOTS_PROGRAMS)

$(ROOTS_PROGRAMS): %: %.o $(ROOTS_OBJ) $(UNIT_CORE)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka

$(UNIT_DIR)/machine.o: CFLAGS += -Iinclude
