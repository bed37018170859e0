#include "db/migrate_files.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>

#include "db/migrate.hpp"
#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace db {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) {
    throw base::error{base::errc::conf_invalid, "schema: " + why};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// "0012_name.sql"
std::pair<int, std::string> number_and_name(const std::string& file) {
    constexpr std::size_t digits = 4;
    constexpr std::string_view ending = ".sql";
    const bool fits = file.size() > digits + 1 + ending.size() && file[digits] == '_' &&
                      std::all_of(file.begin(), file.begin() + digits, is_digit);
    if (!fits) refuse(file + " is not named NNNN_name.sql");
    const auto name = file.substr(digits + 1, file.size() - digits - 1 - ending.size());
    if (name.size() > 128) refuse(file + ": the name is too long");
    return {std::stoi(file.substr(0, digits)), name};
}

migration_file read_file(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    const std::string content{std::istreambuf_iterator<char>{in}, {}};
    if (!in) refuse("cannot read " + path.filename().string());
    migration_file file;
    std::tie(file.version, file.name) = number_and_name(path.filename().string());
    file.checksum = base::to_hex(base::sha256(content));
    file.statements = split_statements(content);
    if (file.statements.empty()) refuse(path.filename().string() + " holds no statement");
    return file;
}

// Walks over SQL and knows where text is only text.
class sql_walk {
public:
    explicit sql_walk(std::string_view sql) : sql_{sql} {}

    bool done() const { return at_ >= sql_.size(); }
    std::size_t place() const { return at_; }
    char here() const { return sql_[at_]; }

    // Steps over one character, one quoted piece or one comment; answers whether it meant anything.
    bool step() {
        const char c = here();
        if (c == '\'' || c == '"' || c == '`') return skip_quoted(c);
        if (c == '#' || is_dash_comment()) return skip_to("\n", "comment", true);
        if (sql_.substr(at_).starts_with("/*")) {
            // "/*! … */" and "/*M! … */" are executed.
            const auto rest = sql_.substr(at_ + 2);
            const bool executed = rest.starts_with("!") || rest.starts_with("M!");
            at_ += 2;
            skip_to("*/", "comment", false);
            return executed;
        }
        ++at_;
        return c != ' ' && c != '\t' && c != '\r' && c != '\n';
    }

private:
    bool is_dash_comment() const {
        const auto rest = sql_.substr(at_);
        constexpr std::string_view blanks = " \t\r\n";
        return rest.starts_with("--") &&
               (rest.size() == 2 || blanks.find(rest[2]) != std::string_view::npos);
    }

    bool skip_quoted(char quote) {
        for (++at_; !done(); ++at_) {
            if (here() == '\\' && quote != '`') {
                ++at_;
            } else if (here() == quote) {
                // A doubled quote reads as the end of one piece and the start of the next one.
                ++at_;
                return true;
            }
        }
        refuse("a quoted text does not end");
    }

    bool skip_to(std::string_view end, const char* what, bool may_end_with_file) {
        const auto found = sql_.find(end, at_);
        if (found == std::string_view::npos) {
            if (!may_end_with_file) refuse(std::string{"a "} + what + " does not end");
            at_ = sql_.size();
        } else {
            at_ = found + end.size();
        }
        return false;
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

std::string trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string{text.substr(first, text.find_last_not_of(blanks) - first + 1)};
}

}  // namespace

std::vector<std::string> split_statements(std::string_view sql) {
    std::vector<std::string> found;
    sql_walk walk{sql};
    std::size_t start = 0;
    bool meant = false;
    const auto cut = [&](std::size_t end) {
        if (meant) found.push_back(trimmed(sql.substr(start, end - start)));
        meant = false;
    };
    while (!walk.done()) {
        const auto before = walk.place();
        if (walk.here() == ';') {
            cut(before);
            walk.step();
            start = walk.place();
        } else {
            meant = walk.step() || meant;
        }
    }
    cut(sql.size());
    return found;
}

std::vector<migration_file> read_migrations(const fs::path& folder) {
    std::vector<migration_file> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator{folder, failed}) {
        if (entry.path().extension() == ".sql") files.push_back(read_file(entry.path()));
    }
    if (failed) refuse("cannot read the folder " + folder.string());
    std::ranges::sort(files, {}, &migration_file::version);
    int expected = 1;
    for (const auto& file : files) {
        if (file.version != expected) {
            refuse(
                "expected number " + std::to_string(expected) + ", found " +
                std::to_string(file.version) + "_" + file.name
            );
        }
        ++expected;
    }
    if (files.empty()) refuse("no file in " + folder.string());
    return files;
}

}  // namespace db
