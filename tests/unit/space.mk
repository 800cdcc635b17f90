# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests of the library's questions to a whole space: a made-up source (space.h)
# and hand-made tables answer. Included by rules.mk, whose rules compile them.

SPACE_NAMES := ptov resident audit stat verify snapshot snapshot_broken diff explain
SPACE_PROGRAMS := $(SPACE_NAMES:%=$(UNIT_DIR)/test_lib_%)
SPACE_OBJ := $(addprefix $(UNIT_DIR)/,space.o hand.o mem.o) $(LIB_SRC:%.c=$(UNIT_DIR)/%.o)

UNIT_TESTS += $(SPACE_PROGRAMS)

$(SPACE_PROGRAMS): %: %.o $(SPACE_OBJ) $(UNIT_CORE)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka

$(addprefix $(UNIT_DIR)/test_lib_,snapshot snapshot_broken): $(UNIT_DIR)/saved.o
$(UNIT_DIR)/saved.o: CFLAGS += -Iinclude -D_GNU_SOURCE

# This one prints, so it has the command's records too.
VTOP_OBJ := $(addprefix $(UNIT_DIR)/cli/,walk_record.o text_vtop.o out.o out_json.o numbers.o)

UNIT_TESTS += $(UNIT_DIR)/test_lib_vtop

$(UNIT_DIR)/test_lib_vtop: %: %.o $(SPACE_OBJ) $(UNIT_CORE) $(VTOP_OBJ)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka $(shell pkg-config --libs jansson)

# The command's text alone.
TEXT_OBJ := $(addprefix $(UNIT_DIR)/cli/,text_ptov.o text_snapshot.o text_info.o)
TEXT_OBJ += $(addprefix $(UNIT_DIR)/cli/,out.o out_json.o numbers.o)

UNIT_TESTS += $(UNIT_DIR)/test_cli_text

$(UNIT_DIR)/test_cli_text: %: %.o $(TEXT_OBJ)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka $(shell pkg-config --libs jansson)

$(UNIT_DIR)/space.o: CFLAGS += -Iinclude
