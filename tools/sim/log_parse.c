/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line is matched piece by piece: literal text, a number, a word. Each matcher takes
 * what is left of the line and returns the rest, NULL when it does not fit; NULL is
 * passed through, so that a whole line reads as one sequence.
 */
#include "log_parse.h"

#include <stdbool.h>
#include <string.h>

#include "text.h"

static const char *literal(const char *at, const char *text)
{
	size_t length = strlen(text);

	return at && strncmp(at, text, length) == 0 ? at + length : NULL;
}

static const char *number(const char *at, uint64_t *value)
{
	return at ? sim_scan_u64(at, value) : NULL;
}

static const char *number32(const char *at, uint32_t *value)
{
	uint64_t wide;

	at = number(at, &wide);
	if (!at || wide > UINT32_MAX)
		return NULL;
	*value = (uint32_t)wide;
	return at;
}

static const char *word(const char *at, char *buffer, size_t size)
{
	size_t length;

	if (!at)
		return NULL;
	length = strcspn(at, " \t\r");
	if (length == 0 || length >= size)
		return NULL;
	memcpy(buffer, at, length);
	buffer[length] = '\0';
	return at + length;
}

static const char *blanks(const char *at)
{
	return at ? at + strspn(at, " \t") : NULL;
}

/* The line ends here. */
static bool ends(const char *at)
{
	return at && at[strspn(at, " \t\r\n")] == '\0';
}

/* "[PID n] " */
static const char *publisher(const char *at, struct sim_log_line *line)
{
	return literal(number32(literal(at, "[PID "), &line->pid), "] ");
}

/* " on device D" */
static const char *on_device(const char *at, struct sim_log_line *line)
{
	return number32(literal(at, " on device "), &line->device);
}

/* "✓ [PID n] Allocated S bytes of TYPE on device D (buffer_id=ID[, ref_count=R])" */
static bool allocated(const char *text, struct sim_log_line *line)
{
	const char *at = publisher(literal(blanks(text), "✓ "), line);
	const char *counted;

	at = number(literal(at, "Allocated "), &line->size);
	at = word(literal(at, " bytes of "), line->type, sizeof(line->type));
	at = number(literal(on_device(at, line), " (buffer_id="), &line->id);
	counted = number(literal(at, ", ref_count="), &line->refs);
	return ends(literal(counted ? counted : at, ")"));
}

/* "✗ [PID n] Freed buffer ID on device D (S bytes, FINAL|ref_count=R remaining)" */
static bool freed(const char *text, struct sim_log_line *line)
{
	const char *at = publisher(literal(blanks(text), "✗ "), line);
	const char *last;

	at = number(literal(at, "Freed buffer "), &line->id);
	at = number(literal(on_device(at, line), " ("), &line->size);
	last = literal(at, " bytes, FINAL)");
	if (last)
		return ends(last);
	at = number(literal(at, " bytes, ref_count="), &line->refs);
	return ends(literal(at, " remaining)"));
}

/* "⚠ [PID n] Deallocation for unknown buffer ID on device D (allocated before ...)" */
static bool unknown_free(const char *text, struct sim_log_line *line)
{
	const char *at = publisher(literal(blanks(text), "⚠ "), line);

	at = number(literal(at, "Deallocation for unknown buffer "), &line->id);
	return literal(on_device(at, line), " (");
}

/* "   PID n is dead, removing its buffers..." */
static bool dead(const char *text, struct sim_log_line *line)
{
	const char *at = number32(literal(blanks(text), "PID "), &line->pid);

	return ends(literal(at, " is dead, removing its buffers..."));
}

void sim_log_parse(const char *text, struct sim_log_line *ret_line)
{
	static const struct {
		enum sim_log_kind kind;
		bool (*match)(const char *text, struct sim_log_line *line);
	} forms[] = {
		{SIM_LOG_ALLOCATED, allocated},
		{SIM_LOG_FREED, freed},
		{SIM_LOG_UNKNOWN_FREE, unknown_free},
		{SIM_LOG_DEAD, dead},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		memset(ret_line, 0, sizeof(*ret_line));
		if (forms[i].match(text, ret_line)) {
			ret_line->kind = forms[i].kind;
			return;
		}
	}
	memset(ret_line, 0, sizeof(*ret_line));
}
