#include "services/osd/classes/class_registry.h"

#include <cerrno>

#include "gtest/gtest.h"

namespace siphon::osd {
namespace {

TEST(ClassRegistryTest, TellsWhatIsMissingAsCephDoes) {
  const ClassRegistry& classes = ClassRegistry::Standard();
  const ObjectClass::Method* method = nullptr;
  EXPECT_EQ(classes.Find("lock", "lock", &method), 0);
  EXPECT_EQ(method->flags, ObjectClass::kReads | ObjectClass::kWrites);
  EXPECT_EQ(classes.Find("lock", "unknown", &method), -EOPNOTSUPP);
  EXPECT_EQ(classes.Find("rgw", "bucket_init_index", &method), -EOPNOTSUPP);
  EXPECT_EQ(classes.Find("sdk", "test", &method), -EPERM);
  EXPECT_EQ(classes.Find("", "", &method), -EPERM);
}

}  // namespace
}  // namespace siphon::osd
