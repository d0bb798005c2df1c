// Any sequence of requests from two clients against an OSD's request service, between new maps,
// resets of connections and answers of other OSDs. Each step is a byte that tells what, two bytes
// of length, the front of a message, two bytes of length, and its data.
//
// Whatever comes: a request is answered once at most, and never with another's number; one that
// fails changes no object; objects stay within their limit; and the service ends with nothing left.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/buffer_list.h"
#include "base/config.h"
#include "base/decoder.h"
#include "msg/features.h"
#include "services/osd/map_keeper.h"
#include "services/osd/op_service.h"
#include "services/osd/op_tracker.h"
#include "services/osd/pg/object_copier.h"
#include "services/osd/pg/op_limits.h"
#include "services/osd/pg/pg_table.h"
#include "services/osd/pg/remote_objects.h"
#include "services/osd/store/mem_store.h"
#include "services/osd/store/transaction.h"
#include "services/osd/test_map.h"
#include "services/rados/hobject.h"
#include "services/rados/messages/osd_backoff.h"
#include "services/rados/messages/osd_op.h"
#include "services/rados/messages/osd_op_reply.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"
#include "testing/fakes/fake_timer.h"

namespace siphon::osd {
namespace {

constexpr size_t kMaxSteps = 24;
constexpr uint64_t kMaxObject = 1 << 20;

[[noreturn]] void Die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::abort();
}

// Other OSDs, which answer what the input says, or never.
class AnyRemoteObjects final : public RemoteObjects {
 public:
  void Read(const std::string&, const rados::ObjectLocator&, uint64_t,
            std::vector<rados::OsdOp> ops, Done done) override {
    waiting_.emplace_back(std::move(ops), std::move(done));
  }
  void Reply(int32_t result, const BufferList& out) {
    if (waiting_.empty()) return;
    auto [ops, done] = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    for (rados::OsdOp& op : ops) op.out = out;
    done({.result = result, .ops = std::move(ops), .user_version = 5});
  }
  void CancelAll() {
    while (!waiting_.empty()) Reply(-125, BufferList());
  }

 private:
  std::vector<std::pair<std::vector<rados::OsdOp>, Done>> waiting_;
};

class Input {
 public:
  explicit Input(std::string_view bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }
  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_[0]);
    rest_.remove_prefix(1);
    return byte;
  }
  BufferList Piece() {
    const size_t low = Byte();
    const size_t length = low | static_cast<size_t>(Byte()) << 8;
    const std::string_view piece = rest_.substr(0, length);
    rest_.remove_prefix(piece.size());
    return BufferList::CopyOf(piece);
  }

 private:
  std::string_view rest_;
};

// All that clients can see of what is stored.
std::string Contents(ObjectStore& store) {
  std::string all;
  for (const rados::PgId& pg : store.ListCollections()) {
    const ObjectCollectionPtr objects = store.Open(pg).value();
    const auto page = objects->List(rados::HObject::Min(), 1000).value();
    for (const rados::HObject& object : page.objects) {
      const uint64_t size = objects->Size(object).value();
      if (size > kMaxObject) Die("an object is larger than it may be");
      absl::StrAppend(&all, object.ToString(), " ", size, " ",
                      objects->Read(object, 0, size).value().Crc32c(0), " ",
                      objects->OmapHeader(object).value().Crc32c(0));
      const KeyValues attrs = objects->GetAttrs(object).value();
      for (const auto& [name, value] : attrs)
        absl::StrAppend(&all, " ", name, "=", value.Crc32c(0));
      const KeyValues omap = objects->OmapList(object, "", "", 1000).value().values;
      for (const auto& [key, value] : omap) absl::StrAppend(&all, " ", key, ":", value.Crc32c(0));
      all += "\n";
    }
  }
  return all;
}

// Made once: they are slow to make.
Config& Options() {
  static Config& options = *new Config;
  return options;
}
rados::MOsdMap& MapOf(uint32_t epoch) {
  static auto& maps = *new std::map<uint32_t, std::unique_ptr<rados::MOsdMap>>;
  std::unique_ptr<rados::MOsdMap>& map = maps[epoch];
  if (map == nullptr) map = MapMessage(MakeTestMap(epoch, 1));
  return *map;
}

class World {
 public:
  World() {
    for (int64_t id : {1, 2}) {
      clients_.push_back(std::make_shared<FakeConnection>(
          nullptr, static_cast<uint64_t>(id), EntityName{kEntityClient, id},
          EntityAddrVec::Parse("v1:10.0.0.9:0/77").value()));
      clients_.back()->set_features(kFeaturesSupported);
    }
    Publish();
  }
  ~World() {
    remote_.CancelAll();
    service_.Shutdown();
    for (const auto& client : clients_) service_.HandleReset(client);
    if (service_.waiting() != 0) Die("requests wait after the end");
  }

  void Step(Input* input) {
    const uint8_t what = input->Byte();
    const auto& client = clients_[what & 1];
    switch (what >> 1 & 7) {
      case 0:
        return Publish();
      case 1:
        service_.HandleReset(client);
        return;
      case 2: {
        const auto result = static_cast<int32_t>(input->Byte()) - 128;
        return remote_.Reply(result > 0 ? 0 : result, input->Piece());
      }
      case 3:
        return timer_.Advance(absl::Seconds(input->Byte()));
      case 4: {
        // A group is held, or released; now and then the client takes note.
        const rados::PgId pg{static_cast<uint64_t>(kTestPool), input->Byte() % kTestPgNum};
        if (!service_.Hold(pg)) service_.Release(pg);
        return;
      }
      case 5: {
        auto ack = std::make_unique<rados::MOsdBackoff>();
        ack->set_connection(client);
        ack->op = rados::MOsdBackoff::kAckBlock;
        ack->pg.pg = {static_cast<uint64_t>(kTestPool), input->Byte() % kTestPgNum};
        ack->id = input->Byte();
        return service_.FastDispatch(std::move(ack));
      }
      default:
        return Request(client, what, input);
    }
  }

 private:
  void Publish() {
    if (!maps_.Update(MapOf(++epoch_)).ok()) Die("no map");
    service_.OnMapChange();
  }

  void Request(const std::shared_ptr<FakeConnection>& client, uint8_t what, Input* input) {
    auto request = std::make_unique<rados::MOsdOp>();
    MessageHeader header = request->header();
    // Now and then the number of the one before: a request that comes again.
    header.tid = (what & 0x10) != 0 ? tid_ : ++tid_;
    header.src = client->peer_name();
    const BufferList front = input->Piece();
    request->SetSegments(header, front, BufferList(), input->Piece());
    Decoder d(front);
    if (!request->DecodePayload(d).ok()) return;
    request->set_connection(client);
    if ((what & 0x20) != 0) Place(request.get());
    ++asked_[header.tid];
    const std::string before = Contents(store_);
    service_.FastDispatch(std::move(request));
    bool refused = false;
    size_t answers = 0;
    for (const auto& each : clients_) {
      for (const auto& reply : each->TakeSentOf<rados::MOsdOpReply>()) {
        if (asked_[reply->tid()]-- == 0) Die("an answer too many");
        refused = refused || reply->result < 0;
        ++answers;
      }
    }
    // One request, one answer: what was refused changed nothing.
    const std::string after = Contents(store_);
    if (refused && answers == 1 && after != before) {
      Die(absl::StrCat("a request that failed changed\n", before, "to\n", after));
    }
  }

  // Where this OSD looks for it.
  void Place(rados::MOsdOp* request) const {
    request->locator.pool = kTestPool;
    request->pg.pg = {static_cast<uint64_t>(kTestPool), request->raw_hash % kTestPgNum};
    request->map_epoch = epoch_;
  }

  FakeClock clock_;
  FakeTimer timer_{&clock_};
  MemStore store_;
  MapKeeper maps_;
  OpLimits limits_ = [] {
    OpLimits limits;
    limits.max_object_size = kMaxObject;
    return limits;
  }();
  PgTable pgs_{&store_, 0, {.limits = limits_, .timer = &timer_, .clock = &clock_}};
  OpTracker tracker_{&Options(), &clock_};
  AnyRemoteObjects remote_;
  ObjectCopier copier_{&remote_};
  OpService service_{{.maps = &maps_, .pgs = &pgs_, .tracker = &tracker_, .copier = &copier_}};
  std::vector<std::shared_ptr<FakeConnection>> clients_;
  std::map<uint64_t, int> asked_;  // and not answered, by number
  uint64_t tid_ = 0;
  uint32_t epoch_ = 4;
};

void RunOne(std::string_view bytes) {
  World world;
  Input input(bytes);
  for (size_t i = 0; i < kMaxSteps && !input.empty(); ++i) world.Step(&input);
}

}  // namespace
}  // namespace siphon::osd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  siphon::osd::RunOne({reinterpret_cast<const char*>(data), size});
  return 0;
}
