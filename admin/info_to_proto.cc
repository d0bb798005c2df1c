#include "admin/info_to_proto.h"

#include <string>

namespace siphon {
namespace {

template <typename Repeated>
void AddAddresses(const EntityAddrVec& addrs, Repeated* out) {
  for (const EntityAddr& addr : addrs.addrs()) *out->Add() = addr.ToString();
}

admin::v1::Option::Source SourceToProto(Config::Source source) {
  switch (source) {
    case Config::Source::kDefault:
      return admin::v1::Option::DEFAULT;
    case Config::Source::kFile:
      return admin::v1::Option::FILE;
    case Config::Source::kEnvironment:
      return admin::v1::Option::ENVIRONMENT;
    case Config::Source::kCommandLine:
      return admin::v1::Option::COMMAND_LINE;
    case Config::Source::kRuntime:
      return admin::v1::Option::RUNTIME;
  }
  return admin::v1::Option::SOURCE_UNSPECIFIED;
}

}  // namespace

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration out;
  const int64_t seconds = absl::IDivDuration(duration, absl::Seconds(1), &duration);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(duration)));
  return out;
}

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp out;
  const int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return out;
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

admin::v1::DispatchQueue ToProto(const DispatchQueueInfo& info) {
  admin::v1::DispatchQueue out;
  out.set_paused(info.paused);
  out.set_messages(info.messages);
  out.set_local_messages(info.local_messages);
  *out.mutable_oldest() = ToProto(info.oldest);
  for (const DispatchPriorityInfo& depth : info.by_priority) {
    admin::v1::PriorityDepth* const priority = out.add_by_priority();
    priority->set_priority(depth.priority);
    priority->set_messages(depth.messages);
  }
  out.set_throttle_bytes(info.throttle_bytes);
  out.set_throttle_max(info.throttle_max);
  out.set_dispatched_total(info.dispatched_total);
  out.set_fast_dispatched_total(info.fast_dispatched_total);
  return out;
}

admin::v1::Messenger ToProto(const MessengerInfo& info) {
  admin::v1::Messenger out;
  out.set_name(info.name);
  out.set_type(info.type);
  out.set_entity(info.entity.ToString());
  AddAddresses(info.addrs, out.mutable_addresses());
  out.set_nonce(info.nonce);
  for (const PolicyInfo& info_policy : info.policies) {
    admin::v1::Policy* const policy = out.add_policies();
    policy->set_peer_type(info_policy.peer_type);
    policy->set_policy(info_policy.policy);
  }
  out.set_connections(info.connections);
  out.set_accepting(info.accepting);
  out.set_messages_in(info.messages_in);
  out.set_messages_out(info.messages_out);
  out.set_bytes_in(info.bytes_in);
  out.set_bytes_out(info.bytes_out);
  out.set_accepted_total(info.accepted_total);
  out.set_faults_total(info.faults_total);
  out.set_reconnects_total(info.reconnects_total);
  out.set_out_queue_messages(info.out_queue_messages);
  out.set_injected_failures(info.injected_failures);
  out.mutable_injected_faults()->Add(info.injected_faults.begin(), info.injected_faults.end());
  *out.mutable_dispatch() = ToProto(info.dispatch);
  for (const FaultRecord& record : info.recent_faults) {
    admin::v1::Fault* const fault = out.add_recent_faults();
    *fault->mutable_when() = ToProto(record.when);
    fault->set_peer(record.peer);
    fault->set_state(record.state);
    fault->set_reason(record.reason);
  }
  return out;
}

admin::v1::Connection ToProto(const ConnectionInfo& info, const std::string& messenger) {
  admin::v1::Connection out;
  out.set_messenger(messenger);
  out.set_id(info.id);
  out.set_peer(info.peer_name.ToString());
  AddAddresses(info.peer_addrs, out.mutable_peer_addresses());
  out.set_socket_address(info.socket_addr);
  out.set_protocol(info.protocol);
  out.set_con_mode(info.con_mode);
  out.set_compression(info.compression);
  out.set_entity(info.entity);
  out.set_state(info.state);
  out.set_policy(info.policy);
  out.set_incoming(info.incoming);
  out.set_anonymous(info.anonymous);
  out.set_worker(info.worker);
  out.set_features(info.features);
  out.set_out_seq(info.out_seq);
  out.set_acked_seq(info.acked_seq);
  out.set_in_seq(info.in_seq);
  out.set_connect_seq(info.connect_seq);
  out.set_global_seq(info.global_seq);
  out.set_peer_global_seq(info.peer_global_seq);
  out.set_out_queue_messages(info.out_queue_messages);
  out.set_out_queue_bytes(info.out_queue_bytes);
  out.set_unacked_messages(info.unacked_messages);
  out.set_unacked_bytes(info.unacked_bytes);
  out.set_out_queue_over_limit(info.out_queue_over_limit);
  out.set_messages_in(info.messages_in);
  out.set_messages_out(info.messages_out);
  out.set_bytes_in(info.bytes_in);
  out.set_bytes_out(info.bytes_out);
  out.set_reconnects(info.reconnects);
  out.set_throttled(info.throttled);
  out.set_reading_paused(info.reading_paused);
  *out.mutable_last_active() = ToProto(info.last_active);
  if (info.last_keepalive_ack != absl::InfiniteDuration()) {
    *out.mutable_last_keepalive_ack() = ToProto(info.last_keepalive_ack);
  }
  out.set_last_fault(info.last_fault);
  for (const StateTransition& step : info.recent) {
    admin::v1::StateTransition* const transition = out.add_recent();
    transition->set_state(step.state);
    transition->set_reason(step.reason);
    *transition->mutable_age() = ToProto(step.age);
  }
  return out;
}

admin::v1::MessengerStats StatsToProto(const MessengerInfo& info) {
  admin::v1::MessengerStats out;
  out.set_messenger(info.name);
  out.set_connections(info.connections);
  out.set_messages_in(info.messages_in);
  out.set_messages_out(info.messages_out);
  out.set_bytes_in(info.bytes_in);
  out.set_bytes_out(info.bytes_out);
  out.set_out_queue_messages(info.out_queue_messages);
  out.set_dispatch_queue_messages(info.dispatch.messages);
  *out.mutable_dispatch_oldest() = ToProto(info.dispatch.oldest);
  out.set_dispatched_total(info.dispatch.dispatched_total);
  out.set_fast_dispatched_total(info.dispatch.fast_dispatched_total);
  out.set_faults_total(info.faults_total);
  return out;
}

admin::v1::Option ToProto(const Config::Entry& entry) {
  admin::v1::Option out;
  out.set_name(entry.spec->name);
  out.set_value(entry.value);
  out.set_default_value(entry.spec->default_text);
  out.set_source(SourceToProto(entry.source));
  out.set_runtime(entry.spec->runtime);
  out.set_description(entry.spec->description);
  return out;
}

}  // namespace siphon
