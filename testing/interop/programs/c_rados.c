// A program on librados-dev: `c_rados CEPH_CONF` plays compound operations, listings, watches and
// the like, and prints what came of each step. A line "=== PART" begins a part. What it prints
// holds no times, ids or addresses, so that two clusters which answer alike print the same.
#include <stdio.h>

#include "testing/interop/programs/c_steps.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: c_rados CEPH_CONF\n");
    return 2;
  }
  setvbuf(stdout, NULL, _IOLBF, 0);
  rados_t cluster;
  rados_ioctx_t io;
  need("create", rados_create(&cluster, "admin"));
  need("configuration", rados_conf_read_file(cluster, argv[1]));
  need("time-out", rados_conf_set(cluster, "rados_osd_op_timeout", "20"));
  need("connect", rados_connect(cluster));
  const char* command =
      "{\"prefix\": \"osd pool create\", \"pool\": \"c-program\", \"pg_num\": 32}";
  need("pool", rados_mon_command(cluster, &command, 1, "", 0, NULL, NULL, NULL, NULL));
  need("open", rados_ioctx_create(cluster, "c-program", &io));
  const struct {
    const char* name;
    void (*play)(rados_ioctx_t);
  } parts[] = {{"write operations", write_operations},
               {"write guards", write_guards},
               {"write flags", write_flags},
               {"versions", versions},
               {"read operations", read_operations},
               {"read guards", read_guards},
               {"checksums", checksums},
               {"asynchronous", asynchronous},
               {"locks", locks},
               {"snapshots", snapshots},
               {"lists", lists},
               {"cursors", cursors},
               {"places", places},
               {"filters", filters},
               {"limits", limits}};
  for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); ++i) {
    printf("=== %s\n", parts[i].name);
    parts[i].play(io);
  }
  printf("=== watches\n");
  watches(cluster, io);
  rados_ioctx_destroy(io);
  rados_shutdown(cluster);
  printf("=== end\n");
  return 0;
}
