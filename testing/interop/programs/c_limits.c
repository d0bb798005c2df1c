// Filtered listings, and what the OSDs' limits refuse or cut short.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/interop/programs/c_steps.h"

enum { kMost = 100, kOsds = 8 };

static char* put(char* at, const char* text) {
  const uint32_t length = (uint32_t)strlen(text);
  memcpy(at, &length, sizeof(length));
  memcpy(at + sizeof(length), text, length);
  return at + sizeof(length) + length;
}

static int by_name(const void* left, const void* right) {
  return strcmp(*(char* const*)left, *(char* const*)right);
}

// Lists what a filter of `parts` strings shows, `page` objects at a time.
static void list_filtered(rados_ioctx_t io, const char* step, size_t page, const char* const* parts,
                          int count) {
  char filter[200], *end = filter;
  for (int i = 0; i < count; ++i) end = put(end, parts[i]);
  rados_object_list_cursor at = rados_object_list_begin(io), stop = rados_object_list_end(io);
  rados_object_list_item items[kMost];
  char* names[kMost];
  size_t found = 0;
  while (!rados_object_list_is_end(io, at)) {
    rados_object_list_cursor next = rados_object_list_begin(io);
    const int got =
        rados_object_list(io, at, stop, page, filter, (size_t)(end - filter), items, &next);
    if (got < 0) {
      say(step, got);
      rados_object_list_cursor_free(io, next);
      break;
    }
    for (int i = 0; i < got && found < kMost; ++i)
      names[found++] = strndup(items[i].oid, items[i].oid_length);
    rados_object_list_free((size_t)got, items);
    rados_object_list_cursor_free(io, at);
    at = next;
  }
  rados_object_list_cursor_free(io, at);
  rados_object_list_cursor_free(io, stop);
  qsort(names, found, sizeof(*names), by_name);
  printf("%s:", step);
  for (size_t i = 0; i < found; ++i) {
    printf(" %s", names[i]);
    free(names[i]);
  }
  printf("\n");
}

void filters(rados_ioctx_t io) {
  rados_ioctx_set_namespace(io, "filtered");
  char name[16];
  for (int i = 0; i < 60; ++i) {
    snprintf(name, sizeof(name), "o%02d", i);
    need("write", rados_write_full(io, name, name, strlen(name)));
    if (i % 4 == 0) need("color", rados_setxattr(io, name, "color", i % 8 == 0 ? "red" : "re", 2));
    if (i % 8 == 0) need("color", rados_setxattr(io, name, "color", "red", 3));
    if (i % 15 == 0) need("empty", rados_setxattr(io, name, "empty", "", 0));
  }
#define FILTER(step, page, ...)                                           \
  do {                                                                    \
    const char* const parts[] = {__VA_ARGS__};                            \
    list_filtered(io, step, page, parts, sizeof(parts) / sizeof(*parts)); \
  } while (0)
  FILTER("red", 100, "plain", "_color", "red");
  FILTER("red, in small pages", 3, "plain", "_color", "red");
  FILTER("red, as the class has it", 100, "hello.hello", "_color", "red");
  FILTER("re", 100, "plain", "_color", "re");
  FILTER("green", 100, "plain", "_color", "green");
  FILTER("without the underscore", 100, "plain", "color", "red");
  FILTER("an empty attribute", 100, "plain", "_empty", "");
  FILTER("no attribute", 100, "plain", "", "x");
  FILTER("half a filter", 100, "plain", "_color");
  FILTER("no such kind", 100, "fancy", "_color", "red");
  FILTER("no such class", 100, "none.hello", "_color", "red");
  FILTER("no such filter of a class", 100, "hello.none", "_color", "red");
  FILTER("a dot too many", 100, "hello.", "_color", "red");
  rados_ioctx_set_namespace(io, "");
}

// Sets an option of all OSDs; those that are not there do not matter.
static void set(rados_ioctx_t io, const char* option, const char* value) {
  char text[200];
  snprintf(text, sizeof(text), "{\"prefix\": \"config set\", \"var\": \"%s\", \"val\": [\"%s\"]}",
           option, value);
  const char* command = text;
  for (int osd = 0; osd < kOsds; ++osd) {
    char *out = NULL, *status = NULL;
    size_t out_length, status_length;
    const int result = rados_osd_command(rados_ioctx_get_cluster(io), osd, &command, 1, "", 0, &out,
                                         &out_length, &status, &status_length);
    rados_buffer_free(out);
    rados_buffer_free(status);
    if (osd == 0) need(option, result);
  }
}

static void list_pairs(rados_ioctx_t io, const char* step, const char* after, uint64_t most) {
  rados_omap_iter_t pairs = NULL, keys = NULL;
  unsigned char more = 9, more_keys = 9;
  int result = 99, result_keys = 99;
  READ(step, io, "limited", 0,
       rados_read_op_omap_get_vals2(op, after, "", most, &pairs, &more, &result);
       rados_read_op_omap_get_keys2(op, after, most, &keys, &more_keys, &result_keys));
  show_omap("    pairs", pairs);
  say("    more", more);
  show_omap("    keys", keys);
  say("    more", more_keys);
}

void limits(rados_ioctx_t io) {
  const char* keys[] = {"a", "b", "c", "d", "e", "f"};
  const char* values[] = {"0123456789", "0123456789", "0123456789",
                          "0123456789", "0123456789", "0123456789"};
  const size_t lengths[] = {10, 10, 10, 10, 10, 10};
  WRITE("pairs", io, "limited", 0, rados_write_op_omap_set(op, keys, values, lengths, 6));
  set(io, "osd_max_omap_entries_per_request", "4");
  list_pairs(io, "so many pairs", "", 100);
  list_pairs(io, "after those", "d", 100);
  list_pairs(io, "fewer are asked for", "", 2);
  set(io, "osd_max_omap_entries_per_request", "1024");
  set(io, "osd_max_omap_bytes_per_request", "38");
  list_pairs(io, "so many bytes, reached", "", 100);
  set(io, "osd_max_omap_bytes_per_request", "39");
  list_pairs(io, "so many bytes, passed", "", 100);
  list_pairs(io, "up to the end", "d", 100);
  set(io, "osd_max_omap_bytes_per_request", "1073741824");

  set(io, "osd_max_attr_size", "10");
  say("an attribute as large as can be", rados_setxattr(io, "limited", "x", "0123456789", 10));
  say("a larger one", rados_setxattr(io, "limited", "x", "0123456789a", 11));
  char name[300];
  memset(name, 'n', sizeof(name));
  name[101] = '\0';
  say("a larger one with too long a name", rados_setxattr(io, "limited", name, "0123456789a", 11));
  say("too long a name", rados_setxattr(io, "limited", name, "1", 1));
  say("the name is looked for", rados_getxattr(io, "limited", name, name, 0));
  set(io, "osd_max_attr_size", "0");
  say("any size", rados_setxattr(io, "limited", "x", "0123456789a", 11));

  set(io, "osd_max_object_size", "100");
  static char bytes[200];
  say("an object as large as can be", rados_write(io, "large", bytes, 100, 0));
  say("one byte more", rados_write(io, "large", bytes, 1, 100));
  say("append", rados_append(io, "large", bytes, 1));
  say("append of nothing", rados_append(io, "large", bytes, 0));
  say("write_full", rados_write_full(io, "large", bytes, 101));
  say("truncate", rados_trunc(io, "large", 101));
  say("truncate to the largest", rados_trunc(io, "large", 100));
  say("truncate to one less", rados_trunc(io, "large", 99));
  WRITE("zero", io, "large", 0, rados_write_op_zero(op, 50, 51));
  WRITE("zero inside", io, "large", 0, rados_write_op_zero(op, 50, 50));
  WRITE("writesame", io, "large", 0, rados_write_op_writesame(op, "ab", 2, 102, 0));
  say("read across it", rados_read(io, "large", bytes, 200, 50));
  set(io, "osd_max_object_size", "134217728");

  set(io, "osd_max_object_name_len", "20");
  name[20] = '\0';
  say("a name as long as can be", rados_write_full(io, name, "x", 1));
  say("a longer one", rados_write_full(io, "123456789012345678901", "x", 1));
  say("read of a longer one", rados_read(io, "123456789012345678901", bytes, 1, 0));
  rados_ioctx_locator_set_key(io, "123456789012345678901");
  say("a longer key", rados_write_full(io, "x", "x", 1));
  rados_ioctx_locator_set_key(io, NULL);
  set(io, "osd_max_object_name_len", "2048");
  set(io, "osd_max_object_namespace_len", "5");
  rados_ioctx_set_namespace(io, "123456");
  say("a longer namespace", rados_write_full(io, "x", "x", 1));
  rados_ioctx_set_namespace(io, "");
  set(io, "osd_max_object_namespace_len", "256");
}
