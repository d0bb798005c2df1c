// What the parts of the C program share: steps that print what came of them.
//
// A line is "STEP -> RESULT"; a result below zero is the name of its errno, bytes are escaped.
// Threads: one.
#ifndef SIPHON_TESTING_INTEROP_PROGRAMS_C_STEPS_H_
#define SIPHON_TESTING_INTEROP_PROGRAMS_C_STEPS_H_

#include <rados/librados.h>
#include <stddef.h>

// Prints what a step returned.
void say(const char* step, long result);
// Prints bytes.
void say_bytes(const char* step, const char* bytes, size_t length);
// Prints an object: its size, bytes, attributes and map.
void show(rados_ioctx_t io, const char* oid);
// Prints the pairs that are left in an iterator, and ends it.
void show_omap(const char* step, rados_omap_iter_t iterator);
void show_xattrs(const char* step, rados_xattrs_iter_t iterator);
// Ends the program if what it stands on fails.
void need(const char* what, int result);
// Waits for an asynchronous operation, releases it, and gives what it returned.
int result_of(rados_completion_t completion);
rados_completion_t new_completion(void);

// One write operation: the calls see it as `op`.
#define WRITE(step, io, oid, flags, ...)                                 \
  do {                                                                   \
    rados_write_op_t op = rados_create_write_op();                       \
    __VA_ARGS__;                                                         \
    say((step), rados_write_op_operate(op, (io), (oid), NULL, (flags))); \
    rados_release_write_op(op);                                          \
  } while (0)

// One read operation, likewise; what it puts anywhere is there afterwards.
#define READ(step, io, oid, flags, ...)                           \
  do {                                                            \
    rados_read_op_t op = rados_create_read_op();                  \
    __VA_ARGS__;                                                  \
    say((step), rados_read_op_operate(op, (io), (oid), (flags))); \
    rados_release_read_op(op);                                    \
  } while (0)

// The parts, each in a file of its own family.
void write_operations(rados_ioctx_t io);
void write_guards(rados_ioctx_t io);
void write_flags(rados_ioctx_t io);
void versions(rados_ioctx_t io);
void read_operations(rados_ioctx_t io);
void read_guards(rados_ioctx_t io);
void checksums(rados_ioctx_t io);
void lists(rados_ioctx_t io);
void cursors(rados_ioctx_t io);
void watches(rados_t cluster, rados_ioctx_t io);
void asynchronous(rados_ioctx_t io);
void places(rados_ioctx_t io);
void filters(rados_ioctx_t io);
void limits(rados_ioctx_t io);
void locks(rados_ioctx_t io);
void snapshots(rados_ioctx_t io);

#endif  // SIPHON_TESTING_INTEROP_PROGRAMS_C_STEPS_H_
