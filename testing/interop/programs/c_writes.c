// Compound write operations.
#include <string.h>

#include "testing/interop/programs/c_steps.h"

enum { kExclusive = LIBRADOS_CREATE_EXCLUSIVE, kIdempotent = LIBRADOS_CREATE_IDEMPOTENT };

void write_operations(rados_ioctx_t io) {
  WRITE("create, exclusive", io, "w", 0, rados_write_op_create(op, kExclusive, NULL));
  WRITE("once more", io, "w", 0, rados_write_op_create(op, kExclusive, NULL));
  WRITE("not exclusive", io, "w", 0, rados_write_op_create(op, kIdempotent, NULL));
  WRITE("with a category", io, "w", 0, rados_write_op_create(op, kIdempotent, "kind"));
  WRITE("write past the end", io, "w", 0, rados_write_op_write(op, "abc", 3, 4));
  show(io, "w");
  WRITE("append and truncate", io, "w", 0, rados_write_op_append(op, "defgh", 5);
        rados_write_op_truncate(op, 9); rados_write_op_append(op, "!", 1));
  show(io, "w");
  WRITE("zero inside, across the end, beyond it", io, "w", 0, rados_write_op_zero(op, 4, 2);
        rados_write_op_zero(op, 8, 20); rados_write_op_zero(op, 1000, 10));
  show(io, "w");
  WRITE("truncate longer", io, "w", 0, rados_write_op_truncate(op, 12));
  show(io, "w");
  WRITE("write_full", io, "w", 0, rados_write_op_write_full(op, "whole", 5));
  WRITE("writesame", io, "w", 0, rados_write_op_writesame(op, "ab", 2, 6, 5));
  WRITE("writesame, uneven", io, "w", 0, rados_write_op_writesame(op, "ab", 2, 5, 0));
  show(io, "w");
  WRITE("an empty operation", io, "none", 0, (void)op);
  WRITE("write of nothing, no object", io, "nothing", 0, rados_write_op_write(op, "", 0, 100));
  show(io, "nothing");
  WRITE("zero, no object", io, "zeroed", 0, rados_write_op_zero(op, 0, 10));
  show(io, "zeroed");
  WRITE("truncate, no object", io, "cut", 0, rados_write_op_truncate(op, 10));
  show(io, "cut");
  WRITE("remove", io, "w", 0, rados_write_op_remove(op));
  WRITE("remove, no object", io, "w", 0, rados_write_op_remove(op));
  WRITE("hints", io, "w", 0, rados_write_op_set_alloc_hint(op, 1 << 22, 4096));
  WRITE("hints with flags", io, "w", 0,
        rados_write_op_set_alloc_hint2(op, 1 << 22, 4096, LIBRADOS_ALLOC_HINT_FLAG_COMPRESSIBLE));
  show(io, "w");

  const char* keys[] = {"one", "two", "three", ""};
  const char* values[] = {"1", "22", "", "no name"};
  const size_t key_lengths[] = {3, 3, 5, 0}, value_lengths[] = {1, 2, 0, 7};
  WRITE("pairs", io, "m", 0, rados_write_op_omap_set(op, keys, values, value_lengths, 3));
  WRITE("pairs with lengths", io, "m", 0,
        rados_write_op_omap_set2(op, keys, values, key_lengths, value_lengths, 4));
  show(io, "m");
  WRITE("remove keys", io, "m", 0, rados_write_op_omap_rm_keys(op, keys, 1));
  WRITE("and again", io, "m", 0, rados_write_op_omap_rm_keys2(op, keys, key_lengths, 2));
  show(io, "m");
  WRITE("remove a range", io, "m", 0, rados_write_op_omap_rm_range2(op, "a", 1, "tz", 2));
  show(io, "m");
  WRITE("clear, and set", io, "m", 0, rados_write_op_omap_clear(op);
        rados_write_op_omap_set(op, keys, values, value_lengths, 1));
  show(io, "m");
  WRITE("clear, no object", io, "cleared", 0, rados_write_op_omap_clear(op));
  WRITE("remove keys, no object", io, "cleared too", 0, rados_write_op_omap_rm_keys(op, keys, 1));
  show(io, "cleared");
  show(io, "cleared too");
}

void write_guards(rados_ioctx_t io) {
  int compared = 99;
  WRITE("assert_exists, no object", io, "g", 0, rados_write_op_assert_exists(op);
        rados_write_op_append(op, "x", 1));
  WRITE("make it", io, "g", 0, rados_write_op_append(op, "0123456789", 10);
        rados_write_op_setxattr(op, "a", "5", 1));
  WRITE("assert_exists", io, "g", 0, rados_write_op_assert_exists(op);
        rados_write_op_append(op, "x", 1));
  WRITE("cmpext", io, "g", 0, rados_write_op_cmpext(op, "234", 3, 2, &compared);
        rados_write_op_write(op, "C", 1, 2));
  say("    compared", compared);
  WRITE("cmpext, at its 3rd byte", io, "g", 0, rados_write_op_cmpext(op, "C3x", 3, 2, &compared);
        rados_write_op_write(op, "D", 1, 2));
  say("    compared", compared);
  WRITE("cmpext, no object", io, "g2", 0, rados_write_op_cmpext(op, "\0\0", 2, 0, NULL);
        rados_write_op_append(op, "x", 1));
  const struct {
    const char* name;
    int code;
  } comparisons[] = {{"EQ", LIBRADOS_CMPXATTR_OP_EQ},
                     {"NE", LIBRADOS_CMPXATTR_OP_NE},
                     {"GT", LIBRADOS_CMPXATTR_OP_GT},
                     {"GTE", LIBRADOS_CMPXATTR_OP_GTE},
                     {"LT", LIBRADOS_CMPXATTR_OP_LT},
                     {"LTE", LIBRADOS_CMPXATTR_OP_LTE},
                     {"none", 77}};
  const char* key[] = {"k"};
  const char* value[] = {"5"};
  const size_t length[] = {1};
  WRITE("a pair", io, "g", 0, rados_write_op_omap_set(op, key, value, length, 1));
  for (size_t i = 0; i < sizeof(comparisons) / sizeof(*comparisons); ++i) {
    for (const char* with = "456"; *with != '\0'; ++with) {
      WRITE(comparisons[i].name, io, "g", 0,
            rados_write_op_cmpxattr(op, "a", comparisons[i].code, with, 1));
      WRITE("  of the map", io, "g", 0,
            rados_write_op_omap_cmp(op, "k", comparisons[i].code, with, 1, &compared));
    }
  }
  WRITE("cmpxattr, none", io, "g", 0,
        rados_write_op_cmpxattr(op, "none", LIBRADOS_CMPXATTR_OP_EQ, "x", 1));
  WRITE("cmpxattr, none and nothing", io, "g", 0,
        rados_write_op_cmpxattr(op, "none", LIBRADOS_CMPXATTR_OP_EQ, "", 0));
  WRITE("omap_cmp2", io, "g", 0,
        rados_write_op_omap_cmp2(op, "k", LIBRADOS_CMPXATTR_OP_EQ, "5", 1, 1, &compared));
  WRITE("what a step before did", io, "g", 0, rados_write_op_setxattr(op, "b", "new", 3);
        rados_write_op_cmpxattr(op, "b", LIBRADOS_CMPXATTR_OP_EQ, "new", 3));
  WRITE("rmxattr, none", io, "g", 0, rados_write_op_rmxattr(op, "none"));
  WRITE("rmxattr, no object", io, "g3", 0, rados_write_op_rmxattr(op, "none"));
  WRITE("rmxattr", io, "g", 0, rados_write_op_rmxattr(op, "b"));
  show(io, "g");
  uint64_t size;
  need("stat", rados_stat(io, "g", &size, NULL));
  const uint64_t version = rados_get_last_version(io);
  WRITE("this version", io, "g", 0, rados_write_op_assert_version(op, version);
        rados_write_op_append(op, "y", 1));
  WRITE("the same version again", io, "g", 0, rados_write_op_assert_version(op, version);
        rados_write_op_append(op, "z", 1));
  WRITE("assert_version, no object", io, "g4", 0, rados_write_op_assert_version(op, 1);
        rados_write_op_append(op, "z", 1));
  show(io, "g");
}

void write_flags(rados_ioctx_t io) {
  int result = 99;
  WRITE("exec", io, "f", 0, rados_write_op_exec(op, "hello", "record_hello", "you", 3, &result));
  say("    its own", result);
  WRITE("exec again, after an append", io, "f", 0, rados_write_op_append(op, "no", 2);
        rados_write_op_exec(op, "hello", "record_hello", "me", 2, &result));
  say("    its own", result);
  WRITE("exec which may fail", io, "f", 0,
        rados_write_op_exec(op, "hello", "record_hello", "me", 2, &result);
        rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
        rados_write_op_append(op, " done", 5));
  say("    its own", result);
  WRITE("create which may fail", io, "f", 0, rados_write_op_create(op, kExclusive, NULL);
        rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK); rados_write_op_append(op, "+", 1));
  WRITE("cmpxattr which may fail", io, "f", 0,
        rados_write_op_cmpxattr(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "x", 1);
        rados_write_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK); rados_write_op_append(op, "-", 1));
  WRITE("advice", io, "f", 0, rados_write_op_append(op, "*", 1); rados_write_op_set_flags(
            op, LIBRADOS_OP_FLAG_FADVISE_DONTNEED | LIBRADOS_OP_FLAG_FADVISE_NOCACHE));
  rados_write_op_t excl = rados_create_write_op();
  rados_write_op_create(excl, kIdempotent, NULL);
  rados_write_op_set_flags(excl, LIBRADOS_OP_FLAG_EXCL);
  say("create with the flag EXCL", rados_write_op_operate(excl, io, "f", NULL, 0));
  rados_release_write_op(excl);
  const struct {
    const char* name;
    int flag;
  } flags[] = {{"order reads and writes", LIBRADOS_OPERATION_ORDER_READS_WRITES},
               {"ignore cache", LIBRADOS_OPERATION_IGNORE_CACHE},
               {"skip locks", LIBRADOS_OPERATION_SKIPRWLOCKS},
               {"ignore overlay", LIBRADOS_OPERATION_IGNORE_OVERLAY},
               {"full try", LIBRADOS_OPERATION_FULL_TRY},
               {"full force", LIBRADOS_OPERATION_FULL_FORCE},
               {"ignore redirect", LIBRADOS_OPERATION_IGNORE_REDIRECT},
               {"order snaps", LIBRADOS_OPERATION_ORDERSNAP},
               {"return values", LIBRADOS_OPERATION_RETURNVEC},
               {"balanced reads", LIBRADOS_OPERATION_BALANCE_READS},
               {"localized reads", LIBRADOS_OPERATION_LOCALIZE_READS}};
  for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); ++i) {
    WRITE(flags[i].name, io, "f", flags[i].flag, rados_write_op_append(op, ".", 1));
    uint64_t size = 0;
    READ("    reading", io, "f", flags[i].flag, rados_read_op_stat(op, &size, NULL, NULL));
    say("    its size", (long)size);
  }
  WRITE("an output that writes have no room for", io, "f", 0,
        rados_write_op_exec(op, "hello", "writes_dont_return_data", "", 0, &result));
  say("    its own", result);
  WRITE("and with room", io, "f", LIBRADOS_OPERATION_RETURNVEC,
        rados_write_op_exec(op, "hello", "write_return_data", "", 0, &result));
  say("    its own", result);
  time_t when = 1000000000, then = 0;
  rados_write_op_t dated = rados_create_write_op();
  rados_write_op_append(dated, "", 0);
  say("a time of one's own", rados_write_op_operate(dated, io, "f", &when, 0));
  rados_release_write_op(dated);
  uint64_t size;
  say("stat", rados_stat(io, "f", &size, &then));
  say("its time", (long)then);
}

// By how much a write operation moved the object's version: none, for what Ceph takes for no
// change.
#define VERSIONS(step, io, ...)                                    \
  do {                                                             \
    uint64_t size;                                                 \
    (void)rados_stat((io), "v", &size, NULL);                      \
    const uint64_t before = rados_get_last_version(io);            \
    WRITE(step, (io), "v", 0, __VA_ARGS__);                        \
    say("    told", (long)(rados_get_last_version(io) - before));  \
    (void)rados_stat((io), "v", &size, NULL);                      \
    say("    found", (long)(rados_get_last_version(io) - before)); \
  } while (0)

void versions(rados_ioctx_t io) {
  const char* keys[] = {"k"};
  const char* values[] = {"v"};
  const size_t lengths[] = {1};
  need("write", rados_write_full(io, "v", "0123456789", 10));
  need("write", rados_setxattr(io, "v", "x", "1", 1));
  VERSIONS("write", io, rados_write_op_write(op, "a", 1, 0));
  VERSIONS("the same bytes", io, rados_write_op_write(op, "a", 1, 0));
  VERSIONS("no bytes", io, rados_write_op_write(op, "", 0, 0));
  VERSIONS("append of no bytes", io, rados_write_op_append(op, "", 0));
  VERSIONS("truncate to its size", io, rados_write_op_truncate(op, 10));
  VERSIONS("zero", io, rados_write_op_zero(op, 2, 2));
  VERSIONS("zero beyond the end", io, rados_write_op_zero(op, 100, 2));
  VERSIONS("create", io, rados_write_op_create(op, kIdempotent, NULL));
  VERSIONS("create, exclusive", io, rados_write_op_create(op, kExclusive, NULL));
  VERSIONS("attribute", io, rados_write_op_setxattr(op, "x", "1", 1));
  VERSIONS("remove no attribute", io, rados_write_op_rmxattr(op, "none"));
  VERSIONS("compare", io, rados_write_op_cmpxattr(op, "x", LIBRADOS_CMPXATTR_OP_EQ, "1", 1));
  VERSIONS("assert_exists", io, rados_write_op_assert_exists(op));
  VERSIONS("pairs", io, rados_write_op_omap_set(op, keys, values, lengths, 1));
  VERSIONS("no pairs", io, rados_write_op_omap_set(op, keys, values, lengths, 0));
  VERSIONS("remove no key", io, rados_write_op_omap_rm_keys(op, keys, 0));
  VERSIONS("remove an empty range", io, rados_write_op_omap_rm_range2(op, "a", 1, "a", 1));
  VERSIONS("clear the map", io, rados_write_op_omap_clear(op));
  VERSIONS("clear the empty map", io, rados_write_op_omap_clear(op));
  VERSIONS("hints", io, rados_write_op_set_alloc_hint(op, 4096, 4096));
  VERSIONS("a class that reads", io, rados_write_op_exec(op, "hello", "say_hello", "", 0, NULL));
  VERSIONS("writesame of nothing", io, rados_write_op_writesame(op, "a", 1, 0, 0));
  VERSIONS("two steps", io, rados_write_op_append(op, "a", 1); rados_write_op_append(op, "b", 1));
  VERSIONS("a step that fails", io, rados_write_op_append(op, "a", 1);
           rados_write_op_create(op, kExclusive, NULL));
  VERSIONS("remove and create", io, rados_write_op_remove(op);
           rados_write_op_create(op, kExclusive, NULL));
  VERSIONS("remove", io, rados_write_op_remove(op));
}
