// PaxosHeader: the 18 bytes that most messages to and from a monitor begin with (Ceph's
// PaxosServiceMessage): the version the sender has, and two fields that are dead.
#ifndef SIPHON_SERVICES_RADOS_PAXOS_HEADER_H_
#define SIPHON_SERVICES_RADOS_PAXOS_HEADER_H_

#include <cstdint>

#include "base/decoder.h"
#include "base/encoder.h"

namespace siphon::rados {

struct PaxosHeader {
  uint64_t version = 0;
  int16_t session_mon = -1;
  uint64_t session_mon_tid = 0;

  void Encode(Encoder& e) const {
    e.U64(version);
    e.I16(session_mon);
    e.U64(session_mon_tid);
  }
  static PaxosHeader Decode(Decoder& d) {
    PaxosHeader h;
    h.version = d.U64();
    h.session_mon = d.I16();
    h.session_mon_tid = d.U64();
    return h;
  }
};

}  // namespace siphon::rados

#endif  // SIPHON_SERVICES_RADOS_PAXOS_HEADER_H_
