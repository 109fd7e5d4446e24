/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * completion_frames.h - the parts of completion scripts that no table knows. They set
 * command, option (whose value is due, "" = an argument), options and values.
 */
#ifndef TTATOP_COMPLETION_FRAMES_H
#define TTATOP_COMPLETION_FRAMES_H

extern const char frame_bash_begin[], frame_bash_words[], frame_bash_end[];
extern const char frame_zsh_begin[], frame_zsh_main[], frame_zsh_words[], frame_zsh_end[];
extern const char frame_fish[];

#endif
