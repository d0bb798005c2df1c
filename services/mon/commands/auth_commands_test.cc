#include "services/mon/commands/auth_commands.h"

#include <cerrno>
#include <string>
#include <vector>

#include "base/buffer_list.h"
#include "base/random_source.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/common/commands/command_table.h"
#include "services/mon/state/auth_monitor.h"
#include "services/mon/state/mon_fixture.h"

namespace siphon::mon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Words = std::vector<std::string>;

class AuthCommandsTest : public MonFixture {
 protected:
  AuthCommandsTest() { AddAuthCommands(&auth_, &table_); }

  CommandResult Run(const std::string& prefix, const std::string& entity = "",
                    const Words& caps = {}, const std::string& format = "",
                    const std::string& input = "") {
    nlohmann::json json = {{"prefix", prefix}};
    if (!entity.empty()) json["entity"] = entity;
    if (!caps.empty()) json["caps"] = caps;
    if (!format.empty()) json["format"] = format;
    auto args = CommandArgs::Parse({json.dump()});
    EXPECT_TRUE(args.ok());
    args->set_input(BufferList::CopyOf(input));
    return table_.Run(*args);
  }
  std::string Out(const std::string& prefix, const std::string& entity = "", const Words& caps = {},
                  const std::string& format = "") {
    const CommandResult result = Run(prefix, entity, caps, format);
    EXPECT_EQ(result.code, 0) << result.status;
    return result.output.ToString();
  }
  std::string KeyOf(const std::string& id) {
    const auto entry = auth_.FindEntity({kEntityClient, id});
    return entry.ok() ? entry->key.ToBase64() : "none";
  }

  AuthMonitor auth_{store_.get(), &clock_, &RandomSource::Real()};
  CommandTable table_;
};

TEST_F(AuthCommandsTest, GetOrCreateMakesAKeyOnceAndPrintsItAlone) {
  const Words caps = {"mon", "allow r", "osd", "allow rw pool=data"};
  const std::string first = Out("auth get-or-create", "client.a", caps);
  EXPECT_EQ(first, "[client.a]\n\tkey = " + KeyOf("a") + "\n");
  EXPECT_EQ(Out("auth get-or-create", "client.a", caps), first);
  EXPECT_EQ(Out("auth get-or-create", "client.a"), first);
  EXPECT_EQ(Out("auth get-or-create-key", "client.a"), KeyOf("a") + "\n");
  EXPECT_EQ(Out("auth get-or-create-key", "client.a", {}, "json"),
            R"({"key":")" + KeyOf("a") + "\"}\n");
  EXPECT_EQ(Out("auth get-or-create", "client.a", {}, "json"),
            R"([{"entity":"client.a","key":")" + KeyOf("a") +
                R"(","caps":{"mon":"allow r","osd":"allow rw pool=data"}}])"
                "\n");
}

TEST_F(AuthCommandsTest, GetOrCreateDoesNotChangeCapabilities) {
  Out("auth get-or-create", "client.a", {"mon", "allow r"});
  const CommandResult result = Run("auth get-or-create", "client.a", {"mon", "allow rw"});
  EXPECT_EQ(result.code, -EINVAL);
  EXPECT_EQ(result.status, "key for client.a exists but cap mon does not match");
}

TEST_F(AuthCommandsTest, RefusesWhatIsNoCapabilityOrEntity) {
  EXPECT_THAT(Run("auth get-or-create", "client.b", {"mon", "bogus"}).status,
              HasSubstr("mon capability parse failed, stopped at 'bogus' of 'bogus'"));
  EXPECT_EQ(Run("auth get-or-create", "client.b", {"foo", "allow r"}).status,
            "unknown cap type 'foo'");
  EXPECT_EQ(Run("auth get-or-create", "client.b", {"mon"}).status,
            "bad capabilities request; odd number of arguments");
  EXPECT_EQ(Run("auth get-or-create", "bogus").status, "bad entity name");
  EXPECT_EQ(Run("auth caps", "client.nope", {"mon", "allow r"}).code, -ENOENT);
  EXPECT_EQ(KeyOf("b"), "none");
}

TEST_F(AuthCommandsTest, PrintsAnEntityAsAKeyring) {
  Out("auth get-or-create", "client.a", {"mon", "allow r", "osd", "allow *"});
  const CommandResult got = Run("auth get", "client.a");
  EXPECT_EQ(got.output.ToString(), "[client.a]\n\tkey = " + KeyOf("a") +
                                       "\n\tcaps mon = \"allow r\"\n\tcaps osd = \"allow *\"\n");
  EXPECT_EQ(got.status, "exported keyring for client.a");
  EXPECT_EQ(Out("auth get-key", "client.a"), KeyOf("a"));
  EXPECT_EQ(Out("auth print-key", "client.a"), KeyOf("a"));
  EXPECT_EQ(Out("auth print_key", "client.a"), KeyOf("a"));
  const CommandResult none = Run("auth get", "client.nope");
  EXPECT_EQ(none.code, -ENOENT);
  EXPECT_EQ(none.status, "failed to find client.nope in keyring");
  EXPECT_EQ(Run("auth get-key", "client.nope").status, "don't have client.nope");
}

TEST_F(AuthCommandsTest, ListsDaemonsBeforeClients) {
  Out("auth get-or-create", "client.a", {"mon", "allow r"});
  Out("auth get-or-create", "osd.0", {"mon", "allow profile osd", "osd", "allow *"});
  const std::string osd_key = auth_.FindEntity({kEntityOsd, "0"})->key.ToBase64();
  const CommandResult list = Run("auth ls");
  EXPECT_EQ(list.output.ToString(), "osd.0\n\tkey: " + osd_key +
                                        "\n\tcaps: [mon] allow profile osd\n\tcaps: [osd] allow *\n"
                                        "client.a\n\tkey: " +
                                        KeyOf("a") + "\n\tcaps: [mon] allow r\n");
  EXPECT_EQ(list.status, "installed auth entries:\n");
  const auto json = nlohmann::json::parse(Out("auth list", "", {}, "json"));
  EXPECT_EQ(json["auth_dump"].size(), 2u);
  EXPECT_EQ(json["auth_dump"][1]["caps"]["mon"], "allow r");
}

TEST_F(AuthCommandsTest, ReplacesCapabilitiesAndRemovesEntities) {
  Out("auth get-or-create", "client.a", {"mon", "allow r", "osd", "allow *"});
  EXPECT_EQ(Run("auth caps", "client.a", {"mon", "allow *"}).status, "updated caps for client.a");
  EXPECT_EQ(auth_.FindEntity({kEntityClient, "a"})->caps.size(), 1u);
  EXPECT_EQ(Run("auth del", "client.a").status, "updated");
  EXPECT_EQ(Run("auth rm", "client.a").status, "entity client.a does not exist");
  EXPECT_EQ(Run("auth del", "mon.").code, -EPERM);
}

TEST_F(AuthCommandsTest, WhatIsExportedCanBeImported) {
  Out("auth add", "client.a", {"mon", "allow r"});
  Out("auth add", "client.b", {"osd", "allow rw"});
  const std::string all = Out("auth export");
  const std::string key = KeyOf("a");
  EXPECT_THAT(Out("auth export", "client.b"), Not(HasSubstr("client.a")));
  Run("auth del", "client.a");
  EXPECT_EQ(Run("auth import", "", {}, "", all).status, "imported keyring");
  EXPECT_EQ(KeyOf("a"), key);
  EXPECT_EQ(Run("auth import").status, "auth import: no data supplied");
  EXPECT_EQ(Run("auth import", "", {}, "", "[client.c]\n\tcaps mon = \"allow r\"\n").code, -EINVAL);
  EXPECT_EQ(Run("auth import", "", {}, "", "garbage").code, -EINVAL);
}

TEST_F(AuthCommandsTest, AddTakesTheKeyOfAKeyringAndNoOtherLater) {
  const std::string text =
      "[client.a]\n\tkey = " + auth_.NewKey().ToBase64() + "\n\tcaps mon = \"allow r\"\n";
  EXPECT_EQ(Run("auth add", "client.b", {}, "", text).status,
            "key for client.b not found in provided keyring");
  EXPECT_EQ(Run("auth add", "client.a", {}, "", text).status, "added key for client.a");
  EXPECT_THAT(text, HasSubstr(KeyOf("a")));
  EXPECT_EQ(Run("auth add", "client.a", {}, "", text).code, 0);
  EXPECT_EQ(Run("auth add", "client.a", {"mon", "allow rw"}).status,
            "entity client.a exists but cap mon does not match");
}

TEST_F(AuthCommandsTest, NoStatusLineHoldsAKey) {
  Out("auth get-or-create", "client.a", {"mon", "allow r"});
  const std::string key = KeyOf("a");
  for (const char* prefix : {"auth get", "auth get-key", "auth export", "auth get-or-create",
                             "auth get-or-create-key", "auth add", "auth del"})
    EXPECT_THAT(Run(prefix, "client.a").status, Not(HasSubstr(key))) << prefix;
}

}  // namespace
}  // namespace siphon::mon
