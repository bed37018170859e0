#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/beijing.hpp"
#include "server/base/clock.hpp"
#include "server/base/money.hpp"
#include "server/flows/import_columns.hpp"
#include "server/flows/import_report.hpp"

// From a cell to a value, or to a fault that says in one sentence what is wrong with it.
namespace flows {

// A cell that may be left as it is stored (blank or no such column), cleared (无) or set.
template <class Value>
struct optional_cell {
    bool given = false;
    std::optional<Value> value;  // none: clear it
};

// Steps over the rows below the heading. Reading a faulty cell adds the fault and answers nothing
// useful; a caller reads all cells of a row, so that all faults show, then asks sound().
class row_reader {
public:
    row_reader(const base::csv_table& table, const column_map& columns, import_report& report);

    bool next();
    std::size_t number() const { return table_.number_of(row_); }
    bool sound() const { return sound_; }
    bool blank(std::size_t column) const { return raw(column).empty(); }
    std::string_view raw(std::size_t column) const { return columns_.cell(row_, column); }
    void fault(std::size_t column, std::string code, std::string sentence);
    void require(std::size_t column);  // a fault when blank

    std::string text(std::size_t column, std::size_t characters_max);
    std::string person_name(std::size_t column);
    std::string student_no(std::size_t column);
    std::string id_number(std::size_t column, base::business_day today);  // normal and checked
    std::string period(std::size_t column);
    std::optional<base::fen> amount(std::size_t column);
    std::optional<bool> yes_or_no(std::size_t column);
    std::optional<int> whole_number(std::size_t column, int most);
    optional_cell<std::string> phone(std::size_t column);
    optional_cell<base::business_day> day(std::size_t column);

private:
    bool spoiled(std::size_t column);
    bool wants_clearing(std::size_t column) const;

    const base::csv_table& table_;
    const column_map& columns_;
    import_report& report_;
    std::size_t row_;
    bool sound_ = true;
};

// Days end with their last millisecond, so that the instant still shows as that day.
inline base::epoch_ms last_instant_of(base::business_day day) {
    return base::end_of(day) - 1;
}

}  // namespace flows
