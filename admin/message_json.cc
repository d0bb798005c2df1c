#include "admin/message_json.h"

#include <cstdlib>
#include <functional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

namespace siphon {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (c == '\n') {
      out.append("\\n");
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", c);
    } else {
      out.push_back(c);
    }
  }
  return out + "\"";
}

class Writer {
 public:
  explicit Writer(bool one_line) : one_line_(one_line) {}

  std::string Write(const Message& message) {
    AppendMessage(message);
    return std::move(out_);
  }

 private:
  void AppendMessage(const Message& message) {
    if (const auto* duration = dynamic_cast<const google::protobuf::Duration*>(&message)) {
      AppendSeconds(duration->seconds(), duration->nanos());
      return;
    }
    if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
      const absl::Time when =
          absl::FromUnixSeconds(time->seconds()) + absl::Nanoseconds(time->nanos());
      out_.append(Quoted(absl::FormatTime("%Y-%m-%dT%H:%M:%E*SZ", when, absl::UTCTimeZone())));
      return;
    }
    const auto* descriptor = message.GetDescriptor();
    AppendList('{', '}', descriptor->field_count(), [&](int i) {
      const FieldDescriptor* const field = descriptor->field(i);
      absl::StrAppend(&out_, Quoted(field->name()), ": ");
      AppendField(message, field);
    });
  }

  void AppendField(const Message& message, const FieldDescriptor* field) {
    const Reflection* const reflection = message.GetReflection();
    if (field->is_repeated()) {
      AppendList('[', ']', reflection->FieldSize(message, field),
                 [&](int i) { AppendElement(message, field, i); });
      return;
    }
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        out_.append(reflection->GetBool(message, field) ? "true" : "false");
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        absl::StrAppend(&out_, reflection->GetInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_INT64:
        absl::StrAppend(&out_, reflection->GetInt64(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT32:
        absl::StrAppend(&out_, reflection->GetUInt32(message, field));
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        AppendUInt64(reflection->GetUInt64(message, field), field);
        break;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        absl::StrAppendFormat(&out_, "%.17g", reflection->GetDouble(message, field));
        break;
      case FieldDescriptor::CPPTYPE_FLOAT:
        absl::StrAppendFormat(&out_, "%.9g", reflection->GetFloat(message, field));
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        out_.append(Quoted(reflection->GetEnum(message, field)->name()));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        out_.append(Quoted(reflection->GetString(message, field)));
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (reflection->HasField(message, field)) {
          AppendMessage(reflection->GetMessage(message, field));
        } else {
          out_.append("null");
        }
        break;
    }
  }

  // Of admin.proto, only texts and messages are repeated.
  void AppendElement(const Message& message, const FieldDescriptor* field, int i) {
    const Reflection* const reflection = message.GetReflection();
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      AppendMessage(reflection->GetRepeatedMessage(message, field, i));
    } else {
      out_.append(Quoted(reflection->GetRepeatedString(message, field, i)));
    }
  }

  // To the nanosecond, without zeros at the end.
  void AppendSeconds(int64_t seconds, int32_t nanos) {
    std::string text = absl::StrFormat("%s%d.%09d", seconds < 0 || nanos < 0 ? "-" : "",
                                       std::abs(seconds), std::abs(nanos));
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    out_.append(text);
  }

  void AppendUInt64(uint64_t value, const FieldDescriptor* field) {
    if (field->type() == FieldDescriptor::TYPE_FIXED64) {
      absl::StrAppendFormat(&out_, "\"0x%x\"", value);
    } else {
      absl::StrAppend(&out_, value);
    }
  }

  void AppendList(char open, char close, int count, const std::function<void(int)>& append) {
    out_.push_back(open);
    ++depth_;
    for (int i = 0; i < count; ++i) {
      if (i > 0) out_.push_back(',');
      NewLine(i > 0);
      append(i);
    }
    --depth_;
    if (count > 0) NewLine(false);
    out_.push_back(close);
  }

  void NewLine(bool between) {
    if (!one_line_) {
      out_.append("\n").append(depth_ * 2, ' ');
    } else if (between) {
      out_.push_back(' ');
    }
  }

  const bool one_line_;
  size_t depth_ = 0;
  std::string out_;
};

}  // namespace

std::string MessageToJson(const Message& message, bool one_line) {
  return Writer(one_line).Write(message);
}

}  // namespace siphon
