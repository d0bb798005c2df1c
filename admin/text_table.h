// TextTable: rows of text in aligned columns, for terminals.
#ifndef SIPHON_ADMIN_TEXT_TABLE_H_
#define SIPHON_ADMIN_TEXT_TABLE_H_

#include <string>
#include <utility>
#include <vector>

namespace siphon {

class TextTable {
 public:
  enum class Align { kLeft, kRight };
  enum class Style { kPlain, kGood, kWarning, kBad };

  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  struct Cell {
    Cell(std::string text_in) : text(std::move(text_in)) {}  // NOLINT: a text is a plain cell
    Cell(const char* text_in) : text(text_in) {}             // NOLINT: as above
    Cell(std::string text_in, Style style_in) : text(std::move(text_in)), style(style_in) {}

    std::string text;
    Style style = Style::kPlain;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Missing cells at the end are empty, further ones are dropped. Control characters are shown as
  // '?', so that a peer's text cannot steer the terminal.
  void AddRow(std::vector<Cell> cells);

  // The titles and the rows, each a line without blanks at its end. With `colours`, for terminals
  // that know ANSI's.
  std::string Render(bool colours) const;

 private:
  const std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace siphon

#endif  // SIPHON_ADMIN_TEXT_TABLE_H_
