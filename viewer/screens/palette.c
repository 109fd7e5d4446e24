/* SPDX-License-Identifier: BSD-2-Clause */
#include "palette.h"

enum emphasis { PLAIN, BOLD, REVERSE, DIM };

/* The colour among 8, 16 and 256; -1 = the terminal's own. */
struct hue {
	short of_8, of_16, of_256;
};

#define OWN                                                                              \
	{                                                                                \
		-1, -1, -1                                                               \
	}
#define RED                                                                              \
	{                                                                                \
		1, 1, 1                                                                  \
	}
#define GREEN                                                                            \
	{                                                                                \
		2, 2, 2                                                                  \
	}
#define YELLOW                                                                           \
	{                                                                                \
		3, 3, 3                                                                  \
	}
/* Dark blue is hard to read on black: a lighter one where there is one. */
#define BLUE                                                                             \
	{                                                                                \
		4, 12, 33                                                                \
	}
#define MAGENTA                                                                          \
	{                                                                                \
		5, 5, 5                                                                  \
	}
#define CYAN                                                                             \
	{                                                                                \
		6, 6, 6                                                                  \
	}
/* Orange and blue are told apart by all but very few. */
#define ORANGE                                                                           \
	{                                                                                \
		3, 11, 208                                                               \
	}
#define SKY                                                                              \
	{                                                                                \
		6, 14, 117                                                               \
	}
#define WHITE                                                                            \
	{                                                                                \
		7, 15, 252                                                               \
	}
#define PURPLE                                                                           \
	{                                                                                \
		5, 13, 175                                                               \
	}
#define STRAW                                                                            \
	{                                                                                \
		3, 11, 229                                                               \
	}
#define DEEPBLUE                                                                         \
	{                                                                                \
		4, 12, 33                                                                \
	}

/* Without colour a class keeps its emphasis; nothing is said by colour alone. */
static const struct {
	struct hue hues[PALETTE_COUNT];
	enum emphasis emphasis;
} classes[ATTR_CLASS_COUNT] = {
	[ATTR_NORMAL] = {{OWN, OWN}, PLAIN},
	[ATTR_TITLE] = {{OWN, OWN}, BOLD},
	[ATTR_HEADER] = {{OWN, OWN}, REVERSE},
	[ATTR_TAB] = {{OWN, OWN}, BOLD},
	[ATTR_DRAM] = {{GREEN, DEEPBLUE}, PLAIN},
	[ATTR_L1] = {{CYAN, SKY}, PLAIN},
	[ATTR_L1_SMALL] = {{BLUE, WHITE}, PLAIN},
	[ATTR_TRACE] = {{MAGENTA, PURPLE}, PLAIN},
	[ATTR_CB] = {{YELLOW, STRAW}, PLAIN},
	[ATTR_OTHER] = {{OWN, OWN}, BOLD},
	[ATTR_ORPHAN] = {{RED, ORANGE}, BOLD},
	[ATTR_GROWTH] = {{RED, ORANGE}, PLAIN},
	[ATTR_SHRINK] = {{GREEN, DEEPBLUE}, PLAIN},
	[ATTR_SUSPICIOUS] = {{YELLOW, STRAW}, BOLD},
	[ATTR_DIM] = {{OWN, OWN}, DIM},
	[ATTR_KEY] = {{OWN, OWN}, BOLD},
	[ATTR_LABEL] = {{OWN, OWN}, REVERSE},
	[ATTR_PAUSE] = {{MAGENTA, PURPLE}, REVERSE},
	[ATTR_TAGGED] = {{YELLOW, STRAW}, BOLD},
};

struct look palette_look(enum palette_id palette, enum attr attr, int colors)
{
	const struct hue *hue = &classes[attr].hues[palette];
	enum emphasis emphasis = classes[attr].emphasis;

	return (struct look){
		.color = colors >= 256	? hue->of_256
			 : colors >= 16 ? hue->of_16
			 : colors >= 8	? hue->of_8
					: (short)-1,
		.bold = emphasis == BOLD,
		.reverse = emphasis == REVERSE,
		.dim = emphasis == DIM,
	};
}
