// Any command line as JSON, and any file with it, against a monitor with OSDs and a pool: one line
// of the input, up to a newline, is the command; the rest is the file. Each is answered, once.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/buffer_list.h"
#include "base/config.h"
#include "base/encoder.h"
#include "msg/entity_addr.h"
#include "msg/entity_type.h"
#include "msg/message.h"
#include "services/mon/mon_core.h"
#include "services/mon/state/mon_fixture.h"
#include "services/rados/messages/auth.h"
#include "services/rados/messages/command.h"
#include "services/rados/messages/command_reply.h"
#include "services/rados/messages/mon_command.h"
#include "services/rados/messages/mon_command_ack.h"
#include "testing/fakes/fake_clock.h"
#include "testing/fakes/fake_connection.h"

namespace siphon::mon {
namespace {

// One for all inputs: what a command leaves behind is there for the next.
class Target {
 public:
  Target() {
    MonCore::Options options;
    options.folder = folder_.path();
    options.fsid.bytes[0] = 0x77;
    options.config = &config_;
    options.clock = &clock_;
    if (!config_.Set("auth_service_required", "none", Config::Source::kFile).ok()) std::abort();
    core_ = *MonCore::Open(options);
    if (!core_->SetAddrs(*EntityAddrVec::Parse("v1:127.0.0.1:6789/0")).ok()) std::abort();
    peer_ = std::make_shared<FakeConnection>(nullptr, 1, EntityName{},
                                             *EntityAddrVec::Parse("v1:127.0.0.1:0/7"));
    auto auth = std::make_unique<rados::MAuth>();
    Encoder e(&auth->auth_payload);
    e.U8(1);
    e.U32(1);
    e.U32(1);
    e.U32(kEntityClient);
    e.String("admin");
    e.U64(0);
    Deliver(std::move(auth));
    Run(R"({"prefix":"osd new","uuid":"12345678-9abc-def0-1234-56789abcdef0"})", "");
    Run(R"({"prefix":"osd crush create-or-move","id":0,"weight":1,"args":["host=h"]})", "");
    Run(R"({"prefix":"osd pool create","pool":"p","pg_num":4})", "");
  }

  void Run(std::string_view command, std::string_view file) {
    auto mon = std::make_unique<rados::MMonCommand>();
    mon->command = {std::string(command)};
    mon->mutable_data() = BufferList::CopyOf(file);
    Deliver(std::move(mon));
    if (peer_->TakeSentOf<rados::MMonCommandAck>().size() != 1) std::abort();
    auto tell = std::make_unique<rados::MCommand>();
    tell->command = {std::string(command)};
    Deliver(std::move(tell));
    if (peer_->TakeSentOf<rados::MCommandReply>().size() != 1) std::abort();
    core_->Tick();
  }

 private:
  void Deliver(MessagePtr message) {
    message->set_connection(peer_);
    if (!core_->Dispatch(message)) std::abort();
  }

  TempFolder folder_;
  FakeClock clock_;
  Config config_;
  std::unique_ptr<MonCore> core_;
  std::shared_ptr<FakeConnection> peer_;
};

}  // namespace
}  // namespace siphon::mon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static auto* const target = new siphon::mon::Target;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t newline = std::min(input.find('\n'), input.size());
  target->Run(input.substr(0, newline),
              newline < input.size() ? input.substr(newline + 1) : std::string_view());
  return 0;
}
