#include "services/osd/classes/hello_class.h"

#include <cerrno>
#include <string>

#include "gtest/gtest.h"
#include "services/osd/classes/class_fixture.h"

namespace siphon::osd {
namespace {

class HelloClassTest : public ClassFixture {
 protected:
  Result Hello(const std::string& oid, const std::string& method, const std::string& in = "") {
    return CallOn(oid, "hello", method, Text(in));
  }
};

TEST_F(HelloClassTest, GreetsAndRecords) {
  EXPECT_EQ(Hello("o", "record_hello", "bob").code, 0);
  EXPECT_EQ(Hello("o", "record_hello", "bob").code, -EEXIST);
  EXPECT_EQ(Hello("o", "say_hello").out, "Hello, world!");
  EXPECT_EQ(Hello("o", "replay").out, "Hello, bob!");
  EXPECT_EQ(Attr("o", "said_by").find("client.4107 "), 0u);
  EXPECT_EQ(Hello("o", "turn_it_to_11").code, 0);
  EXPECT_EQ(Hello("o", "replay").out, "HELLO, BOB!");
  EXPECT_EQ(Hello("o", "say_hello", std::string(101, 'x')).code, -EINVAL);
}

TEST_F(HelloClassTest, AWriteGivesNothingBackUnlessItFails) {
  const Result done = Hello("o", "writes_dont_return_data");
  EXPECT_EQ(done.code, 0);
  EXPECT_TRUE(done.out.empty());
  EXPECT_EQ(Attr("o", "foo"), "bar");
  const Result failed = Hello("p", "writes_dont_return_data", "x");
  EXPECT_EQ(failed.code, -EINVAL);
  EXPECT_EQ(failed.out, "too much input data!");
  EXPECT_FALSE(Exists("p")) << "what the method did before it failed is undone";
}

TEST_F(HelloClassTest, AWriteThatIsAskedToGivesALittleBack) {
  auto request = Make({Call("hello", "write_return_data", {})});
  request->flags |= rados::kRequestReturnVector;
  auto reply = Execute(*request);
  EXPECT_EQ(reply->result, 42);
  EXPECT_EQ(reply->ops[0].out, "you might see this");
  // And once more, when the client asks again.
  const uint64_t version = reply->user_version;
  --tid_;
  request = Make({Call("hello", "write_return_data", {})});
  request->flags |= rados::kRequestReturnVector;
  reply = Execute(*request);
  EXPECT_EQ(reply->result, 42);
  EXPECT_EQ(reply->ops[0].result, 42);
  EXPECT_EQ(reply->ops[0].out, "you might see this");
  EXPECT_EQ(reply->user_version, version);
  request = Make({Call("hello", "write_too_much_return_data", {})}, "other");
  request->flags |= rados::kRequestReturnVector;
  reply = Execute(*request);
  EXPECT_EQ(reply->result, -EOVERFLOW);
  EXPECT_TRUE(reply->ops[0].out.empty());
  EXPECT_FALSE(Exists("other"));
}

TEST_F(HelloClassTest, AMethodDoesWhatItAnnounces) {
  Run({WriteFull("abc")}, "o");
  EXPECT_EQ(Hello("o", "bad_reader").code, -EIO);
  EXPECT_EQ(Hello("o", "bad_writer", "x").code, -EIO);
  EXPECT_EQ(Run({Op(rados::kOpRead)}, "o")->ops[0].out, "abc");
}

}  // namespace
}  // namespace siphon::osd
