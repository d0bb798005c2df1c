#include "services/osd/osd.h"

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "glog/logging.h"
#include "msg/entity_type.h"
#include "msg/messenger.h"
#include "msg/ping.h"
#include "services/osd/boot_message.h"
#include "services/rados/messages/osd_mark_me_down.h"

namespace siphon::osd {
namespace {

using rados::OsdMap;

// What was asked of the monitor on the way in is asked again after this.
constexpr absl::Duration kRetryInterval = absl::Seconds(2);
// In the CRUSH map; a store in memory has no size of its own.
constexpr char kCrushWeight[] = "1.0";

}  // namespace

Osd::Osd(Options options)
    : options_(std::move(options)),
      folder_(options_.config->GetString("osd_data")),
      limits_(options_.config),
      pgs_(options_.store, options_.identity.whoami,
           {.live_limits = &limits_,
            .timer = options_.timer,
            .clock = options_.clock,
            .random = options_.random}),
      tracker_(options_.config, options_.clock),
      slow_ops_(absl::StrCat("osd.", options_.identity.whoami), &tracker_, options_.timer),
      objecter_({.messenger = &options_.messengers->objecter(),
                 .mon_client = options_.mon_client,
                 .config = options_.config,
                 .timer = options_.timer,
                 .clock = options_.clock}),
      fullness_({.whoami = options_.identity.whoami,
                 .config = options_.config,
                 .maps = &maps_,
                 .timer = options_.timer,
                 .used = [this](const OsdMap& map) { return stats_.Used(map); },
                 .send = [this](auto message) { options_.mon_client->Send(std::move(message)); }}),
      ops_({.maps = &maps_,
            .pgs = &pgs_,
            .tracker = &tracker_,
            .copier = &copier_,
            .fullness = &fullness_,
            .shards = static_cast<size_t>(options_.config->GetInt("osd_op_num_shards"))}),
      heartbeats_({.whoami = options_.identity.whoami,
                   .back_client = &options_.messengers->hb_back_client(),
                   .front_client = &options_.messengers->hb_front_client(),
                   .config = options_.config,
                   .timer = options_.timer,
                   .listener = this,
                   .clock = options_.clock,
                   .random = options_.random}),
      stats_({.whoami = options_.identity.whoami,
              .maps = &maps_,
              .pgs = &pgs_,
              .store = options_.store,
              .mon_client = options_.mon_client,
              .config = options_.config,
              .clock = options_.clock}),
      identity_(options_.identity) {
  AddCommands();
}

void Osd::Attach() {
  OsdMessengers& m = *options_.messengers;
  options_.mon_client->AddObserver(this);
  // It follows the maps that this OSD subscribes to.
  options_.mon_client->AddObserver(&objecter_);
  for (Messenger* hb :
       {&m.hb_back_client(), &m.hb_front_client(), &m.hb_back_server(), &m.hb_front_server()}) {
    hb->AddDispatcherTail(&heartbeats_);
  }
  m.cluster().AddDispatcherTail(this);
  m.objecter().AddDispatcherTail(&objecter_);
  m.objecter().AddDispatcherTail(this);
  m.public_messenger().AddDispatcherTail(&ops_);
  m.public_messenger().AddDispatcherTail(&tell_);
  m.public_messenger().AddDispatcherTail(options_.mon_client);
  m.public_messenger().AddDispatcherTail(this);
}

void Osd::Start() {
  heartbeats_.Start();
  slow_ops_.Start();
  fullness_.Start();
  stats_.Start();
  tell_.Start();
  options_.mon_client->Subscribe("osdmap", 0, /*one_time=*/false);
  MutexLock lock(mutex_);
  ArmRetry();
}

Osd::State Osd::state() {
  MutexLock lock(mutex_);
  return state_;
}

bool Osd::IsUpHere(const OsdMap& map) const {
  const int32_t whoami = options_.identity.whoami;
  return map.IsUp(whoami) &&
         map.ClientAddrs(whoami) == options_.messengers->public_messenger().addrs();
}

Osd::Step Osd::Decide(const OsdMap& map) {
  if (state_ == State::kStopping || stopped_ || command_under_way_) return Step::kNothing;
  const int32_t whoami = options_.identity.whoami;
  if (!registered_) {
    // With zeros the map knows the number, not yet whose store it is.
    registered_ = map.Exists(whoami) && map.osd_uuid[whoami] == identity_.uuid;
  }
  if (!registered_) {
    state_ = State::kRegistering;
    command_under_way_ = true;
    return Step::kRegister;
  }
  if (!placed_) {
    state_ = State::kPlacing;
    command_under_way_ = true;
    return Step::kPlace;
  }
  if (IsUpHere(map)) {
    up_epoch_ = map.osd_info[whoami].up_from;
    if (state_ == State::kActive) return Step::kNothing;
    state_ = State::kActive;
    return Step::kAnnounce;
  }
  if (state_ == State::kActive) {
    LOG(WARNING) << "osd." << whoami << ": map " << map.epoch
                 << " has it down though it lives; it boots again";
    boot_sent_ = false;
  }
  state_ = State::kBooting;
  if (boot_sent_) return Step::kNothing;
  boot_sent_ = true;
  return Step::kBoot;
}

void Osd::Advance() {
  const MapPtr map = maps_.current();
  if (map == nullptr) return;
  Step step;
  bool first = false;
  {
    MutexLock lock(mutex_);
    step = Decide(*map);
    if (step == Step::kAnnounce) first = !std::exchange(announced_, true);
    changed_.SignalAll();
  }
  switch (step) {
    case Step::kNothing:
      break;
    case Step::kRegister:
      Register();
      break;
    case Step::kPlace:
      Place();
      break;
    case Step::kBoot:
      Boot(*map);
      break;
    case Step::kAnnounce:
      LOG(INFO) << "osd." << options_.identity.whoami << ": up in map " << map->epoch << " at "
                << map->ClientAddrs(options_.identity.whoami).ToString();
      SendBeacon();
      if (first && options_.on_active) options_.on_active();
      break;
  }
  MaybeSendAlive(*map);
}

void Osd::Register() {
  rados::Uuid uuid;
  {
    MutexLock lock(mutex_);
    uuid = identity_.uuid;
  }
  options_.mon_client->Command(absl::StrCat(R"({"prefix": "osd new", "uuid": ")", uuid.ToString(),
                                            R"(", "id": )", options_.identity.whoami, "}"),
                               BufferList(), [this](int result, std::string status, BufferList) {
                                 OnCommandDone("osd new", &registered_, result, status);
                               });
}

void Osd::Place() {
  options_.mon_client->Command(
      absl::StrCat(R"({"prefix": "osd crush create-or-move", "id": )", options_.identity.whoami,
                   R"(, "weight": )", kCrushWeight, R"(, "args": ["host=)", options_.hostname,
                   R"(", "root=default"]})"),
      BufferList(), [this](int result, std::string status, BufferList) {
        OnCommandDone("osd crush create-or-move", &placed_, result, status);
      });
}

void Osd::OnCommandDone(const char* what, bool* done, int result, const std::string& status) {
  {
    MutexLock lock(mutex_);
    command_under_way_ = false;
    if (stopped_ || state_ == State::kStopping) return;
    if (result == 0) *done = true;
  }
  if (result == 0) return Advance();
  const std::string text =
      absl::StrCat("osd.", options_.identity.whoami, ": the monitor answered \"", what, "\" with ",
                   result, " (", status, ")");
  if (result == -EEXIST || result == -EINVAL || result == -EPERM || result == -EACCES) {
    return Fail(absl::FailedPreconditionError(absl::StrCat(
        text,
        "; if the number belongs to another store, give this one its own (--id), or the "
        "folder of that one (--osd-data)")));
  }
  // The timer asks again.
  LOG(WARNING) << text;
}

void Osd::Boot(const OsdMap& map) {
  OsdMessengers& m = *options_.messengers;
  BootFacts facts;
  {
    MutexLock lock(mutex_);
    facts.identity = identity_;
    facts.boot_epoch = up_epoch_;
  }
  facts.public_addrs = m.public_messenger().addrs();
  facts.cluster_addrs = m.cluster().addrs();
  facts.hb_back_addrs = m.hb_back_server().addrs();
  facts.hb_front_addrs = m.hb_front_server().addrs();
  facts.map_epoch = map.epoch;
  facts.hostname = options_.hostname;
  facts.store = options_.config->GetString("osd_objectstore");
  facts.data_folder = folder_;
  LOG(INFO) << "osd." << options_.identity.whoami << ": boots with map " << map.epoch;
  options_.mon_client->Send(MakeBootMessage(facts));
}

void Osd::OnOsdMap(const rados::MOsdMap& message) {
  const uint32_t before = maps_.epoch();
  const absl::Status status = maps_.Update(message);
  if (maps_.epoch() != before) AfterMapChange();
  if (status.ok()) return;
  LOG(WARNING) << "osd." << options_.identity.whoami << ": " << message.Summary() << ": " << status
               << "; asks for a whole map";
  AskForWholeMap();
}

void Osd::AskForWholeMap() {
  {
    MutexLock lock(mutex_);
    if (std::exchange(whole_map_asked_, true)) return;
  }
  options_.mon_client->Command(R"({"prefix": "osd getmap"})", BufferList(),
                               [this](int result, std::string status, BufferList data) {
                                 {
                                   MutexLock lock(mutex_);
                                   whole_map_asked_ = false;
                                   if (stopped_) return;
                                 }
                                 const uint32_t before = maps_.epoch();
                                 const absl::Status taken = result == 0
                                                                ? maps_.UpdateWhole(data)
                                                                : absl::UnavailableError(status);
                                 LOG_IF(ERROR, !taken.ok()) << "osd." << options_.identity.whoami
                                                            << ": no whole map: " << taken;
                                 if (maps_.epoch() != before) AfterMapChange();
                               });
}

void Osd::AfterMapChange() {
  const MapPtr map = maps_.current();
  absl::Status belongs;
  {
    MutexLock lock(mutex_);
    belongs = identity_.SetCluster(folder_, map->fsid);
  }
  if (!belongs.ok()) return Fail(belongs);
  options_.mon_client->GotMap("osdmap", map->epoch);
  pgs_.DropDeletedPools(*map);
  pgs_.OnMapChange(*map);
  heartbeats_.SetMap(map);
  ops_.OnMapChange();
  Advance();
}

void Osd::Fail(absl::Status why) {
  {
    MutexLock lock(mutex_);
    if (std::exchange(stopped_, true)) return;
  }
  LOG(ERROR) << why;
  if (options_.on_fatal) options_.on_fatal(std::move(why));
}

void Osd::OnMonSession() {
  // The new monitor knows nothing of what the old one was told.
  heartbeats_.ReportAgain();
  stats_.ForgetSent();
  {
    MutexLock lock(mutex_);
    boot_sent_ = false;
    alive_sent_for_ = 0;
  }
  Advance();
}

void Osd::ArmRetry() {
  retry_timer_ = options_.timer->After(kRetryInterval, [this] { OnRetryTimer(); });
}

void Osd::OnRetryTimer() {
  {
    MutexLock lock(mutex_);
    if (stopped_ || state_ == State::kStopping) return;
    if (state_ == State::kBooting) boot_sent_ = false;
    ArmRetry();
  }
  Advance();
}

void Osd::Stop(absl::Duration timeout) {
  bool ask = false;
  {
    MutexLock lock(mutex_);
    ask = state_ == State::kActive && !stopped_;
    state_ = State::kStopping;
  }
  const MapPtr map = maps_.current();
  if (ask && map != nullptr && options_.mon_client->in_session()) {
    auto request = std::make_unique<rados::MOsdMarkMeDown>();
    request->fsid = map->fsid;
    request->target_osd = options_.identity.whoami;
    request->target_addrs = options_.messengers->public_messenger().addrs();
    request->epoch = map->epoch;
    request->request_ack = true;
    options_.mon_client->Send(std::move(request));
    const absl::Time deadline = absl::Now() + timeout;
    MutexLock lock(mutex_);
    while (!down_acknowledged_ && absl::Now() < deadline) {
      changed_.WaitFor(mutex_, deadline - absl::Now());
    }
    LOG_IF(WARNING, !down_acknowledged_)
        << "osd." << options_.identity.whoami << ": the monitor did not mark it down in " << timeout
        << "; stops all the same";
  }
  Timer::Id beacon = 0;
  Timer::Id retry = 0;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    beacon = std::exchange(beacon_timer_, 0);
    retry = std::exchange(retry_timer_, 0);
  }
  options_.timer->Cancel(beacon);
  options_.timer->Cancel(retry);
  tell_.Stop();
  stats_.Stop();
  slow_ops_.Stop();
  fullness_.Stop();
  heartbeats_.Stop();  // waits for the timer
  ops_.Shutdown();
  objecter_.Shutdown();
}

bool Osd::Dispatch(MessagePtr& message) {
  // A client that waits for an answer asks for a sign of life: the connection stands.
  if (message->type() == MPing::kType) {
    message.reset();
    return true;
  }
  if (message->type() != rados::MOsdMarkMeDown::kType) return false;
  if (message->source().type != kEntityMon) return false;
  message.reset();
  MutexLock lock(mutex_);
  down_acknowledged_ = true;
  changed_.SignalAll();
  return true;
}

}  // namespace siphon::osd
