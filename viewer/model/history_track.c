/* SPDX-License-Identifier: BSD-2-Clause */
/* history_track.c - the last samples of each place. */
#include <stdlib.h>

#include "history_parts.h"

#define TRACKS_MAX 4096 /* 2.3 MB */

static void track_set(struct track *track, uint64_t used, size_t push)
{
	track->values[push % HISTORY_TRACK_POINTS] = used;
	if (used != SNAP_UNKNOWN && used > track->peak)
		track->peak = used;
}

static struct track *track_new(const struct history_place *place, size_t push)
{
	struct track *track = calloc(1, sizeof(*track));

	if (track) {
		track->place = *place;
		track->born = push;
	}
	return track;
}

/* What is no longer there holds nothing, and is forgotten once all of it is that. */
static bool track_keeps(struct track *track, size_t push)
{
	track_set(track, 0, push);
	return push - track->seen < HISTORY_TRACK_POINTS;
}

/* Both lists are sorted: one pass. */
void tracks_push(struct tracks *tracks, const struct tick *tick, size_t push)
{
	size_t room = tracks->count + tick->place_count + 1, count = 0, at = 0;
	struct track **merged = calloc(room, sizeof(struct track *));

	for (size_t i = 0; merged && (i < tick->place_count || at < tracks->count);) {
		const struct tick_place *now =
			i < tick->place_count ? &tick->places[i] : NULL;
		struct track *old = at < tracks->count ? tracks->list[at] : NULL;
		int order = !old ? -1 : !now ? 1 : place_compare(now, old);

		if (order > 0) {
			if (track_keeps(old, push))
				merged[count++] = old;
			else
				free(old);
			at++;
			continue;
		}
		if (order < 0 && tracks->count - at + count < TRACKS_MAX)
			old = track_new(&now->place, push);
		else if (order < 0)
			old = NULL;
		if (old) {
			old->seen = push;
			track_set(old, now->used, push);
			merged[count++] = old;
		}
		at += order == 0;
		i++;
	}
	if (!merged)
		return;
	free(tracks->list);
	tracks->list = merged;
	tracks->count = count;
}

void tracks_free(struct tracks *tracks)
{
	for (size_t i = 0; i < tracks->count; i++)
		free(tracks->list[i]);
	free(tracks->list);
}

void tracks_reset_peaks(struct tracks *tracks, size_t push)
{
	for (size_t i = 0; i < tracks->count; i++) {
		struct track *track = tracks->list[i];

		track->peak = 0;
		track_set(track, track->values[push % HISTORY_TRACK_POINTS], push);
	}
}

static bool is_of(const struct history_place *of, const struct track *track)
{
	return of->segment == track->place.segment &&
	       (!of->device || of->device == track->place.device) &&
	       (!of->type || of->type == track->place.type);
}

/* The first track that is not before @place. */
static size_t lower_bound(const struct tracks *tracks, const struct history_place *place)
{
	size_t low = 0, high = tracks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (place_compare(&tracks->list[middle]->place, place) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t history_track(const struct history *history, const struct history_place *place,
		     uint64_t *values, size_t room)
{
	const struct tracks *tracks = &history->tracks;
	size_t most = HISTORY_TRACK_POINTS < room ? HISTORY_TRACK_POINTS : room;
	size_t longest = 0, newest = history->pushed - 1;

	for (size_t k = 0; k < most; k++)
		values[k] = 0;
	for (size_t i = lower_bound(tracks, place); i < tracks->count; i++) {
		const struct track *track = tracks->list[i];
		size_t count = newest - track->born + 1;

		if (track->place.segment != place->segment)
			break;
		if (!is_of(place, track))
			continue;
		count = count < most ? count : most;
		longest = count > longest ? count : longest;
		for (size_t k = 0; k < count; k++)
			values[most - 1 - k] = snap_sum(
				values[most - 1 - k],
				track->values[(newest - k) % HISTORY_TRACK_POINTS]);
	}
	for (size_t k = 0; k < longest; k++)
		values[k] = values[most - longest + k];
	return longest;
}

/* The sample before which @ago are newer. */
static double seconds_ago(const struct history *history, size_t ago)
{
	uint64_t newest = history->times[(history->pushed - 1) % history->points];
	uint64_t then = history->times[(history->pushed - 1 - ago) % history->points];

	return newest > then ? (double)(newest - then) / 1e9 : 0;
}

size_t history_track_past(const struct history *history,
			  const struct history_place *place, double seconds,
			  uint64_t *values, size_t cells)
{
	uint64_t samples[HISTORY_TRACK_POINTS];
	size_t room = history->points < HISTORY_TRACK_POINTS ? history->points
							     : HISTORY_TRACK_POINTS;
	size_t count = history_track(history, place, samples, room), filled = 0, ago = 0;

	for (; ago < count && filled < cells; filled++) {
		double begin = seconds * (double)(filled + 1) / (double)cells;
		uint64_t most = samples[count - 1 - ago];

		for (; ago < count && seconds_ago(history, ago) < begin; ago++)
			if (samples[count - 1 - ago] > most)
				most = samples[count - 1 - ago];
		values[cells - 1 - filled] = most;
	}
	for (size_t i = 0; i < filled; i++)
		values[i] = values[cells - filled + i];
	return filled;
}

bool history_peak_since_base(const struct history *history,
			     const struct history_place *place, uint64_t *ret_bytes)
{
	const struct tracks *tracks = &history->tracks;
	size_t at = lower_bound(tracks, place);

	if (!history->base_live || at == tracks->count ||
	    place_compare(&tracks->list[at]->place, place) != 0)
		return false;
	*ret_bytes = tracks->list[at]->peak;
	return true;
}
