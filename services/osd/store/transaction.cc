#include "services/osd/store/transaction.h"

#include <iterator>

namespace siphon::osd {

using rados::HObject;

Transaction::Step& Transaction::Add(Kind kind, const HObject& object) {
  Step& step = steps_.emplace_back();
  step.kind = kind;
  step.object = object;
  return step;
}

void Transaction::Touch(const HObject& object) { Add(Kind::kTouch, object); }

void Transaction::Write(const HObject& object, uint64_t offset, BufferList data) {
  Step& step = Add(Kind::kWrite, object);
  step.offset = offset;
  step.data = std::move(data);
}

void Transaction::WriteFull(const HObject& object, BufferList data) {
  Add(Kind::kWriteFull, object).data = std::move(data);
}

void Transaction::Truncate(const HObject& object, uint64_t size) {
  Add(Kind::kTruncate, object).offset = size;
}

void Transaction::Zero(const HObject& object, uint64_t offset, uint64_t length) {
  Step& step = Add(Kind::kZero, object);
  step.offset = offset;
  step.length = length;
}

void Transaction::Remove(const HObject& object) { Add(Kind::kRemove, object); }

void Transaction::Clone(const HObject& from, const HObject& to) {
  Add(Kind::kClone, to).source = from;
}

void Transaction::SetAttrs(const HObject& object, KeyValues attrs) {
  Add(Kind::kSetAttrs, object).values = std::move(attrs);
}

void Transaction::RemoveAttr(const HObject& object, std::string name) {
  Add(Kind::kRemoveAttr, object).keys.insert(std::move(name));
}

void Transaction::OmapSet(const HObject& object, KeyValues values) {
  Add(Kind::kOmapSet, object).values = std::move(values);
}

void Transaction::OmapRemove(const HObject& object, std::set<std::string> keys) {
  Add(Kind::kOmapRemove, object).keys = std::move(keys);
}

void Transaction::OmapRemoveRange(const HObject& object, std::string first, std::string last) {
  Step& step = Add(Kind::kOmapRemoveRange, object);
  step.first = std::move(first);
  step.last = std::move(last);
}

void Transaction::OmapClear(const HObject& object) { Add(Kind::kOmapClear, object); }

void Transaction::OmapSetHeader(const HObject& object, BufferList header) {
  Add(Kind::kOmapSetHeader, object).data = std::move(header);
}

void Transaction::Note(KeyValues values) { Add(Kind::kNote, HObject()).values = std::move(values); }

void Transaction::Append(Transaction other) {
  steps_.insert(steps_.end(), std::make_move_iterator(other.steps_.begin()),
                std::make_move_iterator(other.steps_.end()));
}

}  // namespace siphon::osd
