#include "testing/interop/programs/c_steps.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// glibc's strerrorname_np needs _GNU_SOURCE, and a name in upper case is what one looks for.
static const char* name_of(long result) {
  switch (-result) {
    case EPERM:
      return "EPERM";
    case ENOENT:
      return "ENOENT";
    case EIO:
      return "EIO";
    case ENXIO:
      return "ENXIO";
    case EBUSY:
      return "EBUSY";
    case EEXIST:
      return "EEXIST";
    case EINVAL:
      return "EINVAL";
    case EFBIG:
      return "EFBIG";
    case EROFS:
      return "EROFS";
    case ERANGE:
      return "ERANGE";
    case ENODATA:
      return "ENODATA";
    case EOVERFLOW:
      return "EOVERFLOW";
    case EOPNOTSUPP:
      return "EOPNOTSUPP";
    case ENOTCONN:
      return "ENOTCONN";
    case ETIMEDOUT:
      return "ETIMEDOUT";
    case ECANCELED:
      return "ECANCELED";
    default:
      return NULL;
  }
}

void say(const char* step, long result) {
  const char* name = result < 0 ? name_of(result) : NULL;
  if (name != NULL) {
    printf("%s -> %s\n", step, name);
  } else {
    printf("%s -> %ld\n", step, result);
  }
}

static void print_bytes(const char* bytes, size_t length) {
  const size_t most = 200;
  for (size_t i = 0; i < length && i < most; ++i) {
    const unsigned char c = (unsigned char)bytes[i];
    if (isprint(c) && c != '\\') {
      putchar(c);
    } else {
      printf("\\%02x", c);
    }
  }
  if (length > most) printf("... %zu bytes", length);
}

void say_bytes(const char* step, const char* bytes, size_t length) {
  printf("%s -> ", step);
  print_bytes(bytes, length);
  putchar('\n');
}

void show_omap(const char* step, rados_omap_iter_t iterator) {
  printf("%s: %u pairs", step, rados_omap_iter_size(iterator));
  for (;;) {
    char *key, *value;
    size_t key_length, value_length;
    if (rados_omap_get_next2(iterator, &key, &value, &key_length, &value_length) != 0) break;
    if (key == NULL) break;
    printf(" [");
    print_bytes(key, key_length);
    printf("=");
    print_bytes(value, value_length);
    printf("]");
  }
  putchar('\n');
  rados_omap_get_end(iterator);
}

void show_xattrs(const char* step, rados_xattrs_iter_t iterator) {
  printf("%s:", step);
  for (;;) {
    const char *name, *value;
    size_t length;
    if (rados_getxattrs_next(iterator, &name, &value, &length) != 0 || name == NULL) break;
    printf(" [%s=", name);
    print_bytes(value, length);
    printf("]");
  }
  putchar('\n');
  rados_getxattrs_end(iterator);
}

void show(rados_ioctx_t io, const char* oid) {
  static char bytes[65536];
  uint64_t size = 0;
  size_t read = 0;
  int read_result = 0;
  unsigned char more = 0;
  rados_xattrs_iter_t attributes = NULL;
  rados_omap_iter_t pairs = NULL;
  rados_read_op_t op = rados_create_read_op();
  rados_read_op_stat(op, &size, NULL, NULL);
  rados_read_op_read(op, 0, sizeof(bytes), bytes, &read, &read_result);
  rados_read_op_getxattrs(op, &attributes, NULL);
  rados_read_op_omap_get_vals2(op, "", "", 100, &pairs, &more, NULL);
  const int result = rados_read_op_operate(op, io, oid, 0);
  rados_release_read_op(op);
  if (result != 0) {
    say("    it", result);
  } else {
    printf("    it has %llu bytes: ", (unsigned long long)size);
    print_bytes(bytes, read);
    putchar('\n');
  }
  if (result == 0 && attributes != NULL) show_xattrs("    attributes", attributes);
  if (result == 0 && pairs != NULL) show_omap("    map", pairs);
}

void need(const char* what, int result) {
  if (result >= 0) return;
  say(what, result);
  exit(1);
}

rados_completion_t new_completion(void) {
  rados_completion_t completion;
  need("a completion", rados_aio_create_completion2(NULL, NULL, &completion));
  return completion;
}

int result_of(rados_completion_t completion) {
  rados_aio_wait_for_complete(completion);
  const int result = rados_aio_get_return_value(completion);
  rados_aio_release(completion);
  return result;
}
