// What tests include besides (follows common.h).
#include "gmock/gmock.h"
#include "gtest/gtest.h"
