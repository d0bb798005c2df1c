// Listing objects: in order of their hash, from a place, by cursors and in slices; namespaces and
// locator keys.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing/interop/programs/c_steps.h"

enum { kObjects = 300 };

static int by_name(const void* left, const void* right) {
  return strcmp(*(char* const*)left, *(char* const*)right);
}

// Names in order of the alphabet; which they come in is another matter.
static void show_sorted(const char* step, char** names, size_t count) {
  qsort(names, count, sizeof(*names), by_name);
  unsigned long sum = 5381;
  for (size_t i = 0; i < count; ++i) {
    for (const char* c = names[i]; *c != '\0'; ++c) sum = sum * 33 + (unsigned char)*c;
    free(names[i]);
  }
  printf("%s: %zu names, sum %lx\n", step, count, sum);
}

static void list_all(rados_ioctx_t io, const char* step) {
  static char* names[2000];
  size_t count = 0;
  rados_list_ctx_t list;
  need("list", rados_nobjects_list_open(io, &list));
  const char *entry, *key, *space;
  int result;
  while ((result = rados_nobjects_list_next(list, &entry, &key, &space)) == 0 && count < 2000) {
    char text[300];
    snprintf(text, sizeof(text), "%s/%s/%s", space, key == NULL ? "" : key, entry);
    names[count++] = strdup(text);
  }
  rados_nobjects_list_close(list);
  say("the end", result);
  show_sorted(step, names, count);
}

void lists(rados_ioctx_t io) {
  char name[32];
  for (int space = 0; space < 2; ++space) {
    rados_ioctx_set_namespace(io, space == 0 ? "" : "other");
    for (int i = 0; i < kObjects; ++i) {
      snprintf(name, sizeof(name), "listed-%d", i);
      need("write", rados_write_full(io, name, name, strlen(name)));
    }
  }
  list_all(io, "one namespace");
  rados_ioctx_set_namespace(io, LIBRADOS_ALL_NSPACES);
  list_all(io, "all namespaces");
  say("a write to all namespaces", rados_write_full(io, "x", "x", 1));
  rados_ioctx_set_namespace(io, "nobody's");
  list_all(io, "an empty one");
  rados_ioctx_set_namespace(io, "other");

  rados_list_ctx_t list;
  need("list", rados_nobjects_list_open(io, &list));
  const char* entry;
  size_t size;
  int passed = 0;
  while (passed < 100 &&
         rados_nobjects_list_next2(list, &entry, NULL, NULL, &size, NULL, NULL) == 0) {
    ++passed;
  }
  rados_object_list_cursor cursor;
  say("the place after 100", rados_nobjects_list_get_cursor(list, &cursor));
  char here[64];
  need("next", rados_nobjects_list_next(list, &entry, NULL, NULL));
  snprintf(here, sizeof(here), "%s", entry);
  const uint32_t place = rados_nobjects_list_get_pg_hash_position(list);
  printf("the hash %08x\n", place);
  printf("sought %08x\n", rados_nobjects_list_seek_cursor(list, cursor));
  need("next", rados_nobjects_list_next(list, &entry, NULL, NULL));
  printf("the same object follows: %d\n", strcmp(here, entry) == 0);
  printf("sought by hash %08x\n", rados_nobjects_list_seek(list, place));
  say("an object follows", rados_nobjects_list_next(list, &entry, NULL, NULL));
  rados_object_list_cursor_free(io, cursor);
  rados_nobjects_list_close(list);
}

// Objects between two cursors; each page begins where the one before ended.
static size_t list_between(rados_ioctx_t io, rados_object_list_cursor from,
                           rados_object_list_cursor to, size_t page, char** names, size_t room) {
  size_t count = 0, pages = 0;
  rados_object_list_cursor at = from;
  rados_object_list_item items[50];
  while (rados_object_list_cursor_cmp(io, at, to) < 0 && !rados_object_list_is_end(io, at)) {
    // The call moves a cursor that is there; it makes none.
    rados_object_list_cursor next = rados_object_list_begin(io);
    const int got = rados_object_list(io, at, to, page, NULL, 0, items, &next);
    if (got < 0) {
      say("a page", got);
      break;
    }
    for (int i = 0; i < got && count < room; ++i)
      names[count++] = strndup(items[i].oid, items[i].oid_length);
    rados_object_list_free((size_t)got, items);
    if (at != from) rados_object_list_cursor_free(io, at);
    at = next;
    if (++pages > 1000) break;
  }
  if (at != from) rados_object_list_cursor_free(io, at);
  return count;
}

void cursors(rados_ioctx_t io) {
  static char* names[2000];
  rados_ioctx_set_namespace(io, "other");
  rados_object_list_cursor begin = rados_object_list_begin(io), end = rados_object_list_end(io);
  say("begin is the end", rados_object_list_is_end(io, begin));
  say("end is the end", rados_object_list_is_end(io, end));
  say("begin and end", rados_object_list_cursor_cmp(io, begin, end));
  show_sorted("pages of 7", names, list_between(io, begin, end, 7, names, 2000));
  show_sorted("pages of 50", names, list_between(io, begin, end, 50, names, 2000));
  size_t count = 0;
  for (size_t slice = 0; slice < 5; ++slice) {
    rados_object_list_cursor from = rados_object_list_begin(io), to = rados_object_list_begin(io);
    rados_object_list_slice(io, begin, end, slice, 5, &from, &to);
    const size_t more = list_between(io, from, to, 20, names + count, 2000 - count);
    printf("slice %zu: %zu\n", slice, more);
    count += more;
    rados_object_list_cursor_free(io, from);
    rados_object_list_cursor_free(io, to);
  }
  show_sorted("slices", names, count);
  rados_object_list_cursor_free(io, begin);
  rados_object_list_cursor_free(io, end);
}

void places(rados_ioctx_t io) {
  rados_ioctx_set_namespace(io, "");
  rados_ioctx_locator_set_key(io, "key");
  say("write with a key", rados_write_full(io, "keyed", "k", 1));
  rados_ioctx_locator_set_key(io, NULL);
  uint64_t size;
  time_t when;
  say("stat without it", rados_stat(io, "keyed", &size, &when));
  say("write of that name without it", rados_write_full(io, "keyed", "none", 4));
  rados_ioctx_locator_set_key(io, "key");
  say("stat with it", rados_stat(io, "keyed", &size, &when));
  say("    size", (long)size);
  rados_ioctx_locator_set_key(io, NULL);
  rados_ioctx_set_namespace(io, "A");
  say("write in a namespace", rados_write_full(io, "same", "A", 1));
  rados_ioctx_set_namespace(io, "B");
  say("read in another", rados_read(io, "same", (char[8]){0}, 8, 0));
  char name[64];
  say("its name", rados_ioctx_get_namespace(io, name, sizeof(name)));
  say_bytes("    name", name, strlen(name));
  say("too small a buffer", rados_ioctx_get_namespace(io, name, 1));
  rados_ioctx_set_namespace(io, "");
  say("no namespace", rados_read(io, "same", (char[8]){0}, 8, 0));
  struct rados_pool_stat_t stat;
  say("the pool's figures", rados_ioctx_pool_stat(io, &stat));
  int aligned = 9;
  say("alignment", rados_ioctx_pool_requires_alignment2(io, &aligned));
  say("    is required", aligned);
  say("the pool's name", rados_ioctx_get_pool_name(io, name, sizeof(name)));
  say_bytes("    name", name, strlen(name));
}
