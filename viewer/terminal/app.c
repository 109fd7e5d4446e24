/* SPDX-License-Identifier: BSD-2-Clause */
#include "app.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "app_state.h"
#include "compose.h"
#include "rescue.h"
#include "setup.h"

#define KEYS_AT_ONCE  64 /* then the frame is drawn, however fast keys come */
#define GRID_SIDE_MAX 1000

uint64_t app_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

uint64_t app_delay_ns(const struct app *app)
{
	return (uint64_t)(app->state.delay * 1e9);
}

void app_fail(struct app *app, int err)
{
	app->error = err;
	app->done = true;
}

void app_update(struct app *app)
{
	int err = view_update(&app->state, app->sampler.now, app->sampler.base,
			      app->sampler.history);

	app->draw = true;
	if (err)
		app_fail(app, err);
}

/* A directory that is gone for a moment is said, not fatal. */
static void app_sample(struct app *app)
{
	int err = sampler_sample(&app->sampler);

	app->next_ns = app_now_ns() + app_delay_ns(app);
	if (err && !app->sampler.now) {
		app_fail(app, err);
		return;
	}
	app_update(app);
	app_events_plan(app);
	if (err)
		snprintf(app->state.message, sizeof(app->state.message),
			 "no new data: %s", strerror(-err));
	if (app->updates > 0)
		app->updates--;
}

/* The last of -n updates stays as long as the others. */
static void app_tick(struct app *app)
{
	if (app->updates == 0)
		app->done = true;
	else
		app_sample(app);
}

/* The grid follows the terminal's size, within reason. */
void app_resize(struct app *app)
{
	int rows, cols;

	terminal_size(app->term, &rows, &cols);
	rows = rows > GRID_SIDE_MAX ? GRID_SIDE_MAX : rows;
	cols = cols > GRID_SIDE_MAX ? GRID_SIDE_MAX : cols;
	view_resize(&app->state, rows, cols);
	grid_fini(&app->grid);
	if (grid_init(&app->grid, rows, cols, app->state.ascii))
		app_fail(app, -ENOMEM);
	app->draw = app->redraw = true;
}

static void app_draw(struct app *app)
{
	compose(&app->grid, &app->state);
	terminal_show(app->term, &app->grid, app->redraw);
	app->draw = app->redraw = false;
}

static void app_keys(struct app *app)
{
	for (int i = 0; i < KEYS_AT_ONCE && !app->done; i++) {
		uint32_t key = terminal_key(app->term);

		if (key == KC_NONE)
			return;
		app_react(app, view_key(&app->state, key));
	}
}

static void app_signal(struct app *app, int signal_number)
{
	switch (signal_number) {
	case SIGWINCH:
		terminal_resized(app->term);
		app_resize(app);
		break;
	case SIGCONT:
		app->draw = app->redraw = true;
		break;
	case SIGTSTP:
		app_suspend(app);
		break;
	default:
		app->signal_number = signal_number;
		app->done = true;
	}
}

/* Readable without a byte to read, or hung up: the terminal is gone. */
static bool terminal_gone(const struct pollfd *keys)
{
	int waiting = 0;

	if (keys->revents & (POLLHUP | POLLERR | POLLNVAL))
		return true;
	return (keys->revents & POLLIN) && ioctl(keys->fd, FIONREAD, &waiting) == 0 &&
	       waiting == 0;
}

/* Milliseconds until there is something to read, -1 = for ever. */
static int app_timeout(const struct app *app)
{
	uint64_t now = app_now_ns();
	uint64_t next = app->state.paused ? UINT64_MAX : app->next_ns;

	next = app->events_ns < next ? app->events_ns : next;
	if (next == UINT64_MAX)
		return -1;
	if (next <= now)
		return 0;
	return (int)((next - now) / 1000000 + 1);
}

static void app_wait(struct app *app)
{
	struct pollfd waits[2] = {
		{.fd = app->signals.descriptor, .events = POLLIN},
		{.fd = terminal_descriptor(app->term), .events = POLLIN},
	};
	int signal_number;

	if (poll(waits, 2, app_timeout(app)) < 0 && errno != EINTR) {
		app_fail(app, -errno);
		return;
	}
	while (!app->done && (signal_number = signals_next(&app->signals)) != 0)
		app_signal(app, signal_number);
	if (waits[1].revents && terminal_gone(&waits[1]))
		app->done = true;
	else if (waits[1].revents)
		app_keys(app);
}

static void app_loop(struct app *app)
{
	app_resize(app);
	app_sample(app);
	if (!app->done)
		app_draw(app);
	if (!app->done)
		app_events_begin(app);
	while (!app->done) {
		if (app->draw)
			app_draw(app);
		app_wait(app);
		if (!app->done)
			app_events_read(app);
		if (!app->done && !app->state.paused && app_now_ns() >= app->next_ns)
			app_tick(app);
	}
}

/* What was wrong, once the terminal is back. */
static int app_verdict(const struct app *app, const char *directory)
{
	if (!app->error)
		return 0;
	fprintf(stderr, "ttatop: live view of %s: %s\n", directory,
		strerror(-app->error));
	return 2;
}

/* The terminal is taken and given back here. */
static int app_with_terminal(struct app *app, bool color)
{
	int err = signals_open(&app->signals);

	if (err)
		return err;
	err = terminal_open(color, &app->term);
	if (err) {
		signals_close(&app->signals);
		return -ENODEV;
	}
	app->state.mono = !terminal_has_color(app->term);
	app_loop(app);
	terminal_close(app->term);
	grid_fini(&app->grid);
	if (app->signal_number)
		signals_raise(&app->signals, app->signal_number);
	signals_close(&app->signals);
	return app_verdict(app, app->state.directory);
}

int app_run(const struct options *options, bool color)
{
	struct app app = {.updates = options->count > 0 ? options->count : -1,
			  .events_ns = UINT64_MAX};
	int code = setup_view(&app.state, options), err;

	if (code)
		return code == 1 ? 0 : code;
	rescue_install();
	err = sampler_open(&app.sampler, options);
	if (err) {
		fprintf(stderr, "ttatop: open %s: %s: --shm-dir or TTA_DIR says where\n",
			options->directory ? options->directory : "the segment directory",
			strerror(-err));
		return 2;
	}
	app.state.directory = tta_reader_directory(app.sampler.reader);
	code = setup_base(&app.state, &app.sampler, options);
	if (!code)
		code = app_with_terminal(&app, color);
	view_fini(&app.state);
	sampler_close(&app.sampler);
	return code;
}
