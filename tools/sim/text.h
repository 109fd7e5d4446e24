/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.h - words and numbers of scenarios, logs and options.
 *
 * Parsers take the whole string or fail with -EINVAL; outputs are untouched on failure.
 */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define SIM_WORD_LIMIT 32u

struct sim_words {
	size_t count;
	char *word[SIM_WORD_LIMIT];
};

/*
 * Cut @line into words, in place: blanks separate, "..." keeps blanks, # at the start of
 * a word begins a comment. Returns NULL or what is wrong.
 */
const char *sim_words_split(char *line, struct sim_words *ret_words);

/* 1234 or 0x4d2; stops at the first other character. Returns where, NULL if no number. */
const char *sim_scan_u64(const char *text, uint64_t *ret_value);

/* 1234 or 0x4d2. */
int sim_parse_u64(const char *text, uint64_t *ret_value);

/* A number, with a suffix K, M, G or T (powers of 1024). */
int sim_parse_size(const char *text, uint64_t *ret_bytes);

/* A size with an optional sign. */
int sim_parse_delta(const char *text, int64_t *ret_bytes);

/* "A-B" of sizes, A <= B, or one size. */
int sim_parse_sizes(const char *text, uint64_t *ret_least, uint64_t *ret_most);

/* "3" or "0-7", device numbers. */
int sim_parse_devices(const char *text, uint32_t *ret_first, uint32_t *ret_last);

/* "50ms", "2s", "100us", "1m". */
int sim_parse_duration(const char *text, uint64_t *ret_ns);

/* Copy @text into @size bytes; -ENAMETOOLONG when it does not fit. */
int sim_copy_text(char *buffer, size_t size, const char *text);

#endif
