// PoolIoFixture: a PoolIo on a cluster whose OSDs are one FakeOsd, which answers on its own thread.
#ifndef SIPHON_SERVICES_CLIENT_POOL_IO_FIXTURE_H_
#define SIPHON_SERVICES_CLIENT_POOL_IO_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>

#include "services/client/pool_io.h"
#include "services/objecter/objecter_fixture.h"
#include "services/rados/messages/osd_op.h"
#include "testing/fakes/event_loop_thread.h"
#include "testing/fakes/fake_osd.h"

namespace siphon::client {

class PoolIoFixture : public ObjecterFixture {
 protected:
  PoolIoFixture() {
    messenger_.on_dial = [this](FakeConnection& connection) {
      connection.set_on_send(
          [this, &connection](MessagePtr message) { Serve(std::move(message), connection); });
    };
    PublishFull();
  }
  ~PoolIoFixture() override { objecter_->Shutdown(); }

  // Changes the OSD, or looks at it, on its thread.
  template <typename Task>
  void OnOsd(Task task) {
    loop_.center()->SubmitAndWait([this, &task] { task(osd_); });
  }
  std::string Stored(const std::string& oid) {
    std::string bytes = "(none)";
    OnOsd([&](FakeOsd& osd) {
      for (const auto& [name, stored] : osd.objects) {
        if (name.oid == oid) bytes = stored;
      }
    });
    return bytes;
  }

  PoolIo io_{objecter_.get(), kPool, "p1"};

 private:
  void Serve(MessagePtr message, FakeConnection& connection) {
    if (message->type() != rados::MOsdOp::kType) return;
    std::shared_ptr<Message> shared = std::move(message);
    loop_.center()->Post([this, shared, to = connection.shared_from_this()] {
      auto reply = osd_.Answer(MessageAs<rados::MOsdOp>(*shared));
      reply->set_connection(to);
      objecter_->FastDispatch(std::move(reply));
    });
  }

  FakeOsd osd_;
  EventLoopThread loop_;  // last: it ends first
};

}  // namespace siphon::client

#endif  // SIPHON_SERVICES_CLIENT_POOL_IO_FIXTURE_H_
