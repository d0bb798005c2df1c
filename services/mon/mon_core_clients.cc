// MonCore: what clients ask for.
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "glog/logging.h"
#include "services/common/caps/mon_caps.h"
#include "services/mon/mon_core.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/get_pool_stats.h"
#include "services/rados/messages/get_pool_stats_reply.h"
#include "services/rados/messages/log.h"
#include "services/rados/messages/log_ack.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "services/rados/messages/mon_get_version.h"
#include "services/rados/messages/mon_get_version_reply.h"
#include "services/rados/messages/mon_subscribe.h"
#include "services/rados/messages/pool_op.h"
#include "services/rados/messages/pool_op_reply.h"
#include "services/rados/messages/statfs.h"
#include "services/rados/messages/statfs_reply.h"

namespace siphon::mon {
namespace {

constexpr size_t kMaxLogLines = 32;   // written of one message
constexpr size_t kMaxLogBytes = 512;  // of one line

}  // namespace

bool MonCore::HandleClient(Session& s, Message& m) {
  if (m.type() == rados::MStatfs::kType || m.type() == rados::MGetPoolStats::kType) {
    if (!May(s, "pg", MonCaps::kRead)) return Deny(s, m);
  } else if (m.type() == rados::MLog::kType && !May(s, "log", MonCaps::kWrite)) {
    return Deny(s, m);
  }
  switch (m.type()) {
    case rados::MMonSubscribe::kType:
      OnSubscribe(s, m);
      return true;
    case rados::MMonGetVersion::kType:
      OnGetVersion(s, m);
      return true;
    case rados::MMonCommand::kType:
      OnCommand(s, m);
      return true;
    case rados::MCommand::kType:
      OnTell(s, m);
      return true;
    case rados::MPoolOp::kType:
      OnPoolOp(s, m);
      return true;
    case rados::MStatfs::kType:
      OnStatfs(s, m);
      return true;
    case rados::MGetPoolStats::kType:
      OnGetPoolStats(s, m);
      return true;
    case rados::MLog::kType:
      OnLog(s, m);
      return true;
    default:
      return false;
  }
}

void MonCore::OnGetVersion(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MMonGetVersion>(m);
  auto reply = std::make_unique<rados::MMonGetVersionReply>();
  reply->set_tid(m.tid());
  reply->handle = request.handle;
  if (request.what == "osdmap") {
    reply->version = maps_->epoch();
    reply->oldest_version = maps_->first_epoch();
  } else if (request.what == "monmap") {
    reply->version = reply->oldest_version = monmap_.epoch;
  }
  s.connection->Send(std::move(reply));
}

void MonCore::OnCommand(Session& s, Message& m) {
  auto& request = MessageAs<rados::MMonCommand>(m);
  auto reply = std::make_unique<rados::MMonCommandAck>();
  CommandResult result;
  // Ceph's v1 clients now and then send their first command before they know the cluster.
  if (!request.fsid.is_zero() && request.fsid != monmap_.fsid) {
    result = CommandResult::Error(absl::PermissionDeniedError("wrong fsid"));
  } else {
    absl::StatusOr<CommandArgs> args = CommandArgs::Parse(request.command);
    if (args.ok()) {
      const auto& caller = *s.auth.identity();
      args->set_input(request.data());
      args->set_caller({.type = caller.name.type,
                        .id = caller.name.id,
                        .global_id = caller.global_id,
                        .addrs = s.connection->peer_addrs()});
    }
    const bool may = args.ok() && MayRun(s, *args);
    if (may) {
      result = commands_.Run(*args);
    } else {
      result = CommandResult::Error(args.ok() ? absl::UnauthenticatedError("access denied")
                                              : args.status());
    }
    if (args.ok() && (!may || commands_.IsWrite(args->prefix())))
      LOG(INFO) << "mon: " << s.auth.identity()->name.ToString() << " ran '" << args->prefix()
                << "': " << result.code << " " << result.status.substr(0, kMaxLogBytes);
    if (may && commands_.IsWrite(args->prefix()))
      log_->Tell(rados::LogEntry::kInfo,
                 absl::StrCat("from='", s.connection->peer_addrs().ToString(), "' entity='",
                              s.auth.identity()->name.ToString(), "' cmd=[",
                              absl::StrJoin(request.command, ""), "]: finished"),
                 "audit");
  }
  reply->set_tid(m.tid());
  reply->paxos.version = maps_->epoch();
  reply->result = result.code;
  reply->status = std::move(result.status);
  reply->command = std::move(request.command);
  reply->mutable_data() = std::move(result.output);
  s.connection->Send(std::move(reply));
}

absl::Status MonCore::RunPoolOp(const rados::MPoolOp& request,
                                std::optional<BufferList>* response) {
  const int64_t pool = request.pool;
  switch (request.op) {
    case rados::MPoolOp::kCreate: {
      PoolMonitor::Spec spec;
      spec.name = request.name;
      spec.rule_id = request.crush_rule;
      return pools_->Create(spec).status();
    }
    case rados::MPoolOp::kDelete:
      return pools_->Delete(pool);
    // A snapshot that is there, or gone, already is fine.
    case rados::MPoolOp::kCreateSnap:
      return pools_->CreateSnap(pool, request.name).status();
    case rados::MPoolOp::kDeleteSnap:
      return pools_->RemoveSnap(pool, request.name).status();
    case rados::MPoolOp::kCreateUnmanagedSnap: {
      const absl::StatusOr<uint64_t> snap = pools_->CreateUnmanagedSnap(pool);
      if (!snap.ok()) return snap.status();
      Encoder(&response->emplace()).U64(*snap);
      return absl::OkStatus();
    }
    case rados::MPoolOp::kDeleteUnmanagedSnap:
      return pools_->DeleteUnmanagedSnap(pool, request.snap);
    default:
      return absl::UnimplementedError(absl::StrCat("pool operation ", request.op));
  }
}

void MonCore::OnPoolOp(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MPoolOp>(m);
  auto reply = std::make_unique<rados::MPoolOpReply>();
  absl::Status status;
  if (request.fsid != monmap_.fsid) {
    status = absl::PermissionDeniedError("wrong fsid");
  } else if (!MayPoolOp(s, request)) {
    status = absl::PermissionDeniedError("access denied");
  } else {
    status = RunPoolOp(request, &reply->response);
  }
  if (!status.ok()) LOG(INFO) << "mon: pool operation " << request.op << ": " << status;
  reply->set_tid(m.tid());
  reply->fsid = monmap_.fsid;
  reply->result = ErrnoOf(status);
  reply->epoch = maps_->epoch();
  reply->paxos.version = maps_->epoch();
  s.connection->Send(std::move(reply));
}

void MonCore::OnStatfs(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MStatfs>(m);
  const rados::OsdStat osds = stats_->AllOsds(maps_->current());
  auto reply = std::make_unique<rados::MStatfsReply>();
  reply->set_tid(m.tid());
  reply->fsid = monmap_.fsid;
  reply->version = stats_->version();
  reply->kb = static_cast<uint64_t>(osds.kb);
  reply->kb_used = static_cast<uint64_t>(osds.kb_used);
  reply->kb_avail = static_cast<uint64_t>(osds.kb_avail);
  const rados::PoolStat pools = request.pool ? stats_->Pool(*request.pool) : stats_->AllPools();
  if (request.pool) {
    // Of one pool, what is in it and what it may still take.
    reply->kb_used = static_cast<uint64_t>(pools.sum[rados::ObjectStatSum::kBytes]) >> 10;
    reply->kb = reply->kb_used + reply->kb_avail;
  }
  reply->num_objects = static_cast<uint64_t>(pools.sum[rados::ObjectStatSum::kObjects]);
  s.connection->Send(std::move(reply));
}

void MonCore::OnGetPoolStats(Session& s, Message& m) {
  auto reply = std::make_unique<rados::MGetPoolStatsReply>();
  reply->set_tid(m.tid());
  reply->fsid = monmap_.fsid;
  reply->paxos.version = stats_->version();
  const rados::OsdMap& map = maps_->current();
  for (const std::string& name : MessageAs<rados::MGetPoolStats>(m).pools) {
    const auto pool = map.FindPoolByName(name);
    if (!pool) continue;
    Encoder e(&reply->pools[name]);
    stats_->Pool(*pool).Encode(e);
  }
  s.connection->Send(std::move(reply));
}

void MonCore::OnLog(Session& s, Message& m) {
  const auto& request = MessageAs<rados::MLog>(m);
  if (request.entries.empty()) return;
  for (size_t i = 0; i < request.entries.size() && i < kMaxLogLines; ++i)
    log_->Add(request.entries[i]);
  auto ack = std::make_unique<rados::MLogAck>();
  ack->fsid = monmap_.fsid;
  ack->last = request.entries.back().seq;
  ack->channel = request.entries.back().channel;
  s.connection->Send(std::move(ack));
}

}  // namespace siphon::mon
