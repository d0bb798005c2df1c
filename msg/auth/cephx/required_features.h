// What the options cephx_{,cluster_,service_}require_{signatures,version} ask of peers over v1, as
// features that they must have: MSG_AUTH, to sign messages, and CEPHX_V2, to answer the challenge
// of an authorizer and to sign all of a message. In v2 both are part of the protocol, and the
// options say nothing.
//
// As in Ceph the cluster's options hold for OSDs, metadata servers and managers, the service's for
// all others, and those without either word for everybody.
//
// Threads: any. Options are read at each call, so changes hold for new connections.
#ifndef SIPHON_MSG_AUTH_CEPHX_REQUIRED_FEATURES_H_
#define SIPHON_MSG_AUTH_CEPHX_REQUIRED_FEATURES_H_

#include <cstdint>

#include "base/config.h"
#include "msg/entity_type.h"

namespace siphon::cephx {

// Of peers of type `peer` that dial, if they show an authorizer of cephx.
uint64_t FeaturesRequiredOfClients(const Config& config, EntityType peer);
// Of servers that are dialled and shown one: signatures alone. A server that cannot challenge is a
// risk to itself.
uint64_t FeaturesRequiredOfServers(const Config& config, EntityType peer);

}  // namespace siphon::cephx

#endif  // SIPHON_MSG_AUTH_CEPHX_REQUIRED_FEATURES_H_
