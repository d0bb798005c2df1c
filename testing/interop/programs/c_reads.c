// Compound read operations, and checksums.
#include <stdio.h>
#include <string.h>

#include "testing/interop/programs/c_steps.h"

static void make(rados_ioctx_t io) {
  const char* keys[] = {"a", "b1", "b2", "c"};
  const char* values[] = {"1", "2", "3", ""};
  const size_t lengths[] = {1, 1, 1, 0};
  need("a first version", rados_write_full(io, "r", "", 0));
  WRITE("an object", io, "r", 0, rados_write_op_write_full(op, "0123456789", 10);
        rados_write_op_setxattr(op, "x", "1", 1); rados_write_op_setxattr(op, "y", "\0\n", 2);
        rados_write_op_omap_set(op, keys, values, lengths, 4));
}

void read_operations(rados_ioctx_t io) {
  make(io);
  uint64_t size = 99;
  char bytes[32] = "", out[32] = "";
  size_t read = 99, used = 99;
  int results[4] = {99, 99, 99, 99};
  READ("stat and two reads", io, "r", 0, rados_read_op_stat(op, &size, NULL, &results[0]);
       rados_read_op_read(op, 2, 4, bytes, &read, &results[1]);
       rados_read_op_read(op, 8, 10, bytes + 16, &used, &results[2]));
  for (int i = 0; i < 3; ++i) say("    its own", results[i]);
  say("    size", (long)size);
  say_bytes("    read", bytes, read);
  say_bytes("    across the end", bytes + 16, used);
  READ("read beyond the end", io, "r", 0, rados_read_op_read(op, 50, 4, bytes, &read, &results[0]));
  say("    bytes", (long)read);
  READ("read of length 0", io, "r", 0, rados_read_op_read(op, 4, 0, bytes, &read, &results[0]));
  say("    bytes", (long)read);
  READ("no object", io, "absent", 0, rados_read_op_stat(op, &size, NULL, &results[0]);
       rados_read_op_read(op, 0, 4, bytes, &read, &results[1]));
  say("    its own", results[0]);
  say("    its own", results[1]);
  READ("an empty operation", io, "r", 0, (void)op);
  READ("an empty operation, no object", io, "absent", 0, (void)op);

  rados_xattrs_iter_t attributes = NULL;
  READ("getxattrs", io, "r", 0, rados_read_op_getxattrs(op, &attributes, &results[0]));
  show_xattrs("    all", attributes);
  rados_omap_iter_t pairs = NULL, others = NULL;
  unsigned char more = 9, others_more = 9;
  READ("pairs, and keys", io, "r", 0,
       rados_read_op_omap_get_vals2(op, "a", "b", 1, &pairs, &more, &results[0]);
       rados_read_op_omap_get_keys2(op, "", 3, &others, &others_more, &results[1]));
  show_omap("    pairs", pairs);
  say("    more", more);
  show_omap("    keys", others);
  say("    more", others_more);
  READ("all of them", io, "r", 0,
       rados_read_op_omap_get_vals2(op, "", "", 4, &pairs, &more, &results[0]));
  show_omap("    pairs", pairs);
  say("    more", more);
  READ("at most none", io, "r", 0,
       rados_read_op_omap_get_vals2(op, "", "", 0, &pairs, &more, &results[0]));
  show_omap("    pairs", pairs);
  say("    more", more);
  READ("without a start", io, "r", 0,
       rados_read_op_omap_get_keys2(op, NULL, 10, &pairs, &more, &results[0]));
  show_omap("    keys", pairs);
  const char* keys[] = {"c", "nothing", "a"};
  const size_t lengths[] = {1, 7, 1};
  READ("by keys", io, "r", 0, rados_read_op_omap_get_vals_by_keys(op, keys, 3, &pairs, &results[0]);
       rados_read_op_omap_get_vals_by_keys2(op, keys, 1, lengths, &others, &results[1]));
  show_omap("    three", pairs);
  show_omap("    one", others);

  char* made = NULL;
  READ("exec", io, "r", 0,
       rados_read_op_exec(op, "hello", "say_hello", "you", 3, &made, &read, &results[0]);
       rados_read_op_exec_user_buf(op, "hello", "say_hello", "me", 2, out, sizeof(out), &used,
                                   &results[1]));
  say("    its own", results[0]);
  say_bytes("    said", made, read);
  say_bytes("    said", out, used);
  rados_buffer_free(made);
  READ("exec into too small a buffer", io, "r", 0,
       rados_read_op_exec_user_buf(op, "hello", "say_hello", "me", 2, out, 3, &used, &results[1]));
  say("    its own", results[1]);
  READ("exec of a method that writes", io, "r", 0,
       rados_read_op_exec_user_buf(op, "hello", "record_hello", "me", 2, out, 3, &used, NULL));
}

void read_guards(rados_ioctx_t io) {
  int compared = 99, result = 99;
  uint64_t size = 0;
  char bytes[8];
  size_t read;
  READ("assert_exists", io, "r", 0, rados_read_op_assert_exists(op));
  READ("assert_exists, no object", io, "absent", 0, rados_read_op_assert_exists(op));
  READ("cmpext", io, "r", 0, rados_read_op_cmpext(op, "345", 3, 3, &compared);
       rados_read_op_stat(op, &size, NULL, NULL));
  say("    compared", compared);
  say("    size", (long)size);
  READ("cmpext, refused", io, "r", 0, rados_read_op_cmpext(op, "3x", 2, 3, &compared);
       rados_read_op_read(op, 0, 4, bytes, &read, &result));
  say("    compared", compared);
  READ("cmpxattr", io, "r", 0, rados_read_op_cmpxattr(op, "x", LIBRADOS_CMPXATTR_OP_EQ, "1", 1));
  READ("cmpxattr, refused", io, "r", 0,
       rados_read_op_cmpxattr(op, "x", LIBRADOS_CMPXATTR_OP_GT, "1", 1));
  READ("cmpxattr, no object", io, "absent", 0,
       rados_read_op_cmpxattr(op, "x", LIBRADOS_CMPXATTR_OP_EQ, "1", 1));
  READ("omap_cmp", io, "r", 0,
       rados_read_op_omap_cmp(op, "a", LIBRADOS_CMPXATTR_OP_EQ, "1", 1, &compared));
  READ("omap_cmp2, refused", io, "r", 0,
       rados_read_op_omap_cmp2(op, "a", LIBRADOS_CMPXATTR_OP_LT, "1", 1, 1, &compared));
  say("    compared", compared);
  READ("a step which may fail", io, "r", 0,
       rados_read_op_exec_user_buf(op, "hello", "none", "", 0, bytes, 8, &read, &result);
       rados_read_op_set_flags(op, LIBRADOS_OP_FLAG_FAILOK);
       rados_read_op_stat(op, &size, NULL, NULL));
  say("    its own", result);
  say("    size", (long)size);
  need("stat", rados_stat(io, "r", &size, NULL));
  const uint64_t version = rados_get_last_version(io);
  READ("this version", io, "r", 0, rados_read_op_assert_version(op, version));
  READ("a later version", io, "r", 0, rados_read_op_assert_version(op, version + 5));
  READ("an earlier version", io, "r", 0, rados_read_op_assert_version(op, version - 1));
  rados_completion_t done = new_completion();
  rados_read_op_t op = rados_create_read_op();
  rados_read_op_read(op, 1, 3, bytes, &read, &result);
  need("start", rados_aio_read_op_operate(op, io, done, "r", 0));
  say("asynchronous", result_of(done));
  say_bytes("    read", bytes, read);
  rados_release_read_op(op);
}

static void sum(rados_ioctx_t io, const char* step, rados_checksum_type_t type, size_t seed_length,
                uint64_t offset, size_t length, size_t chunk) {
  const char seed[8] = {1};
  char sums[128];
  memset(sums, 0, sizeof(sums));
  const int result =
      rados_checksum(io, "r", type, seed, seed_length, length, offset, chunk, sums, sizeof(sums));
  say(step, result);
  if (result >= 0) say_bytes("    sums", sums, 40);
}

void checksums(rados_ioctx_t io) {
  sum(io, "crc32c", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 0, 10, 0);
  sum(io, "crc32c in chunks", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 0, 10, 5);
  sum(io, "xxhash32", LIBRADOS_CHECKSUM_TYPE_XXHASH32, 4, 2, 6, 2);
  sum(io, "xxhash64", LIBRADOS_CHECKSUM_TYPE_XXHASH64, 8, 2, 6, 0);
  sum(io, "uneven chunks", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 0, 10, 3);
  sum(io, "all of it", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 0, 0, 0);
  sum(io, "across the end", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 5, 100, 0);
  sum(io, "beyond the end", LIBRADOS_CHECKSUM_TYPE_CRC32C, 4, 100, 5, 0);
  sum(io, "a seed that is too short", LIBRADOS_CHECKSUM_TYPE_XXHASH64, 4, 0, 10, 0);
  char sums[64] = "", bytes[4];
  int result = 99;
  size_t read;
  READ("within an operation", io, "r", 0,
       rados_read_op_checksum(op, LIBRADOS_CHECKSUM_TYPE_CRC32C, "\xff\xff\xff\xff", 4, 0, 10, 0,
                              sums, 8, &result);
       rados_read_op_read(op, 0, 4, bytes, &read, NULL));
  say("    its own", result);
  say_bytes("    sums", sums, 8);
}
