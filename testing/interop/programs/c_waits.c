// What waits: watches and notifications, asynchronous operations; locks and snapshots.
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "testing/interop/programs/c_steps.h"

struct Watcher {
  rados_ioctx_t io;
  const char* oid;
  const char* reply;  // null for a watcher that does not answer
  int heard;
  size_t bytes;
  sem_t gone;
  int error;
};

static void on_notify(void* argument, uint64_t id, uint64_t handle, uint64_t notifier, void* data,
                      size_t length) {
  struct Watcher* watcher = argument;
  (void)notifier;
  (void)data;
  ++watcher->heard;
  watcher->bytes += length;
  if (watcher->reply == NULL) return;
  rados_notify_ack(watcher->io, watcher->oid, id, handle, watcher->reply,
                   (int)strlen(watcher->reply));
}

static void on_gone(void* argument, uint64_t handle, int error) {
  struct Watcher* watcher = argument;
  (void)handle;
  watcher->error = error;
  sem_post(&watcher->gone);
}

static int by_reply(const void* left, const void* right) {
  const struct notify_ack_t *l = left, *r = right;
  const size_t shorter = l->payload_len < r->payload_len ? l->payload_len : r->payload_len;
  const int order = shorter == 0 ? 0 : memcmp(l->payload, r->payload, shorter);
  return order != 0 ? order : (int)l->payload_len - (int)r->payload_len;
}

static void show_replies(int result, char* reply, size_t length) {
  say("    notified", result);
  if (reply == NULL) return;
  struct notify_ack_t* acks = NULL;
  struct notify_timeout_t* late = NULL;
  size_t acked = 0, timed_out = 0;
  say("    decoded", rados_decode_notify_response(reply, length, &acks, &acked, &late, &timed_out));
  qsort(acks, acked, sizeof(*acks), by_reply);
  for (size_t i = 0; i < acked; ++i) say_bytes("    reply", acks[i].payload, acks[i].payload_len);
  say("    without a reply", (long)timed_out);
  rados_free_notify_response(acks, acked, late);
  rados_buffer_free(reply);
}

static void notify(rados_ioctx_t io, const char* step, const char* oid, const char* text,
                   uint64_t milliseconds) {
  char* reply = NULL;
  size_t length = 0;
  printf("%s\n", step);
  const int result = rados_notify2(io, oid, text, (int)strlen(text), milliseconds, &reply, &length);
  show_replies(result, reply, length);
}

void watches(rados_t cluster, rados_ioctx_t io) {
  struct Watcher first = {.io = io, .oid = "watched", .reply = "first"};
  struct Watcher second = {.io = io, .oid = "watched", .reply = "second, longer"};
  struct Watcher silent = {.io = io, .oid = "watched", .reply = NULL};
  sem_init(&second.gone, 0, 0);
  uint64_t one, two, three;
  say("watch, no object", rados_watch3(io, "absent", &one, on_notify, on_gone, 10, &first));
  notify(io, "notify, no object", "absent", "x", 1000);
  need("write", rados_write_full(io, "watched", "", 0));
  notify(io, "notify, no watcher", "watched", "x", 1000);
  say("watch", rados_watch3(io, "watched", &one, on_notify, on_gone, 10, &first));
  say("watch, twice", rados_watch2(io, "watched", &two, on_notify, on_gone, &second));
  say("checked", rados_watch_check(io, one) >= 0);
  notify(io, "notify", "watched", "hello", 10000);
  rados_completion_t done = new_completion();
  char* reply = NULL;
  size_t length = 0;
  need("notify", rados_aio_notify(io, "watched", done, "later", 5, 10000, &reply, &length));
  printf("asynchronous\n");
  show_replies(result_of(done), reply, length);
  say("a third, which is silent",
      rados_watch3(io, "watched", &three, on_notify, on_gone, 10, &silent));
  notify(io, "notify", "watched", "who is there?", 1000);
  say("unwatch", rados_unwatch2(io, three));
  done = new_completion();
  need("unwatch", rados_aio_unwatch(io, one, done));
  say("unwatch, asynchronous", result_of(done));
  say("flush", rados_watch_flush(cluster));
  notify(io, "notify the second", "watched", "only you", 10000);
  say("remove the object", rados_remove(io, "watched"));
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += 20;
  say("the second hears", sem_timedwait(&second.gone, &deadline));
  say("    error", second.error);
  say("its watch", rados_watch_check(io, two));
  say("unwatch, no object", rados_unwatch2(io, two));
  say("flush", rados_watch_flush(cluster));
  printf("heard %d %d %d, bytes %zu %zu %zu\n", first.heard, second.heard, silent.heard,
         first.bytes, second.bytes, silent.bytes);
}

static void count(rados_completion_t completion, void* argument) {
  (void)completion;
  __atomic_add_fetch((int*)argument, 1, __ATOMIC_SEQ_CST);
}

void asynchronous(rados_ioctx_t io) {
  enum { kMany = 64 };
  rados_completion_t done[kMany];
  int called = 0, sum = 0;
  for (int i = 0; i < kMany; ++i) {
    need("completion", rados_aio_create_completion2(&called, count, &done[i]));
    need("append", rados_aio_append(io, "many", done[i], "0123456789", (size_t)(i % 10)));
  }
  need("flush", rados_aio_flush(io));
  uint64_t last = 0;
  int in_order = 1;
  for (int i = 0; i < kMany; ++i) {
    rados_aio_wait_for_complete_and_cb(done[i]);
    in_order = in_order && rados_aio_get_version(done[i]) > last;
    last = rados_aio_get_version(done[i]);
    sum += result_of(done[i]);
  }
  say("callbacks", called);
  say("sum of results", sum);
  say("versions grow", in_order);
  uint64_t size = 0;
  time_t when;
  char bytes[16];
  rados_xattrs_iter_t attributes = NULL;
#define AIO(step, call)                              \
  do {                                               \
    rados_completion_t c = new_completion();         \
    const int started = call;                        \
    if (started < 0) rados_aio_release(c);           \
    say(step, started < 0 ? started : result_of(c)); \
  } while (0)
  AIO("stat", rados_aio_stat(io, "many", c, &size, &when));
  say("    size", (long)size);
  AIO("write", rados_aio_write(io, "many", c, "xyz", 3, 2));
  AIO("read", rados_aio_read(io, "many", c, bytes, 8, 0));
  say_bytes("    bytes", bytes, 8);
  AIO("write_full", rados_aio_write_full(io, "many", c, "full", 4));
  AIO("writesame", rados_aio_writesame(io, "many", c, "ab", 2, 6, 4));
  AIO("cmpext", rados_aio_cmpext(io, "many", c, "fullab", 6, 0));
  AIO("cmpext, refused", rados_aio_cmpext(io, "many", c, "fulLab", 6, 0));
  AIO("setxattr", rados_aio_setxattr(io, "many", c, "a", "value", 5));
  AIO("getxattr", rados_aio_getxattr(io, "many", c, "a", bytes, sizeof(bytes)));
  AIO("getxattr, none", rados_aio_getxattr(io, "many", c, "b", bytes, sizeof(bytes)));
  AIO("getxattr, too small", rados_aio_getxattr(io, "many", c, "a", bytes, 2));
  AIO("getxattrs", rados_aio_getxattrs(io, "many", c, &attributes));
  show_xattrs("    all", attributes);
  AIO("rmxattr", rados_aio_rmxattr(io, "many", c, "a"));
  AIO("exec", rados_aio_exec(io, "many", c, "hello", "say_hello", "c", 1, bytes, sizeof(bytes)));
  say_bytes("    said", bytes, 9);
  AIO("flush", rados_aio_flush_async(io, c));
  AIO("remove", rados_aio_remove(io, "many", c));
  AIO("remove, none", rados_aio_remove(io, "many", c));
  AIO("an operation", ({
        rados_write_op_t op = rados_create_write_op();
        rados_write_op_create(op, LIBRADOS_CREATE_EXCLUSIVE, NULL);
        const int result = rados_aio_write_op_operate(op, io, c, "made", NULL, 0);
        rados_release_write_op(op);
        result;
      }));
  show(io, "made");
}

void locks(rados_ioctx_t io) {
  struct timeval hour = {3600, 0};
  say("exclusive", rados_lock_exclusive(io, "l", "L", "cookie", "why", &hour, 0));
  say("again", rados_lock_exclusive(io, "l", "L", "cookie", "why", &hour, 0));
  say("renewed",
      rados_lock_exclusive(io, "l", "L", "cookie", "why", NULL, LIBRADOS_LOCK_FLAG_MAY_RENEW));
  say("renewed, must",
      rados_lock_exclusive(io, "l", "L", "other", "why", NULL, LIBRADOS_LOCK_FLAG_MUST_RENEW));
  say("shared", rados_lock_shared(io, "l", "L", "cookie2", "tag", "", NULL, 0));
  char tag[64], clients[64], cookies[64], addresses[256];
  size_t tag_size = sizeof(tag), clients_size = sizeof(clients), cookies_size = sizeof(cookies),
         addresses_size = sizeof(addresses);
  int exclusive = 9;
  say("lockers",
      (long)rados_list_lockers(io, "l", "L", &exclusive, tag, &tag_size, clients, &clients_size,
                               cookies, &cookies_size, addresses, &addresses_size));
  say("    exclusive", exclusive);
  say_bytes("    cookie", cookies, cookies_size);
  say_bytes("    tag", tag, tag_size);
  say("broken, nobody's", rados_break_lock(io, "l", "L", "client.99999", "cookie"));
  say("broken, no client", rados_break_lock(io, "l", "L", "nonsense", "cookie"));
  say("broken", rados_break_lock(io, "l", "L", clients, "cookie"));
  say("unlock", rados_unlock(io, "l", "L", "cookie"));
  tag_size = clients_size = cookies_size = addresses_size = 64;
  say("lockers",
      (long)rados_list_lockers(io, "l", "L", &exclusive, tag, &tag_size, clients, &clients_size,
                               cookies, &cookies_size, addresses, &addresses_size));
  say("shared", rados_lock_shared(io, "l", "L", "a", "tag", "first", NULL, 0));
  say("shared too", rados_lock_shared(io, "l", "L", "b", "tag", "second", NULL, 0));
  rados_completion_t done = new_completion();
  need("unlock", rados_aio_unlock(io, "l", "L", "a", done));
  say("unlock, asynchronous", result_of(done));
}

void snapshots(rados_ioctx_t io) {
  rados_snap_t snaps[8], first;
  char name[16];
  time_t when = 0;
  WRITE("write", io, "s", 0, rados_write_op_write_full(op, "first", 5);
        rados_write_op_setxattr(op, "x", "1", 1));
  say("snapshot", rados_ioctx_snap_create(io, "s1"));
  WRITE("write", io, "s", 0, rados_write_op_write(op, "XY", 2, 3); rados_write_op_rmxattr(op, "x"));
  say("snapshots", rados_ioctx_snap_list(io, snaps, 8));
  say("too many for the buffer", rados_ioctx_snap_list(io, snaps, 0));
  say("looked up", rados_ioctx_snap_lookup(io, "s1", &first));
  say("its name", rados_ioctx_snap_get_name(io, first, name, sizeof(name)));
  say("too small", rados_ioctx_snap_get_name(io, first, name, 1));
  say("its time", rados_ioctx_snap_get_stamp(io, first, &when));
  say("    is set", when > 1000000000);
  rados_ioctx_snap_set_read(io, first);
  show(io, "s");
  WRITE("write at a snapshot", io, "s", 0, rados_write_op_append(op, "x", 1));
  rados_ioctx_snap_set_read(io, LIBRADOS_SNAP_HEAD);
  show(io, "s");
  WRITE("remove", io, "s", 0, rados_write_op_remove(op));
  show(io, "s");
  say("roll back", rados_ioctx_snap_rollback(io, "s", "s1"));
  show(io, "s");
  say("snapshot removed", rados_ioctx_snap_remove(io, "s1"));
  say("one of one's own", rados_ioctx_selfmanaged_snap_create(io, &first));
  say("at a snapshot that never was", ({
        rados_ioctx_snap_set_read(io, 12345);
        rados_read(io, "s", name, sizeof(name), 0);
      }));
  rados_ioctx_snap_set_read(io, LIBRADOS_SNAP_HEAD);
}
