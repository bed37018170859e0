#include "server/base/csv_text.hpp"

#include <cerrno>
#include <memory>
#include <utility>

#include <iconv.h>

#include "server/base/encoding.hpp"

namespace base {
namespace {

using namespace std::string_view_literals;

class converter {
public:
    explicit converter(const char* from) : handle_{iconv_open("UTF-8", from)} {
        ensure(handle_ != reinterpret_cast<iconv_t>(-1), "iconv knows GB18030 and UTF-16");
    }
    ~converter() { iconv_close(handle_); }
    converter(const converter&) = delete;
    converter& operator=(const converter&) = delete;

    // Answers how many bytes were understood; fewer than given: the next one does not fit.
    std::size_t convert(std::string_view bytes, std::string& out) {
        constexpr std::size_t piece = std::size_t{1} << 16U;
        const auto buffer = std::make_unique<char[]>(piece);
        char* from = const_cast<char*>(bytes.data());
        std::size_t left = bytes.size();
        while (left > 0) {
            char* to = buffer.get();
            std::size_t room = piece;
            const auto done = iconv(handle_, &from, &left, &to, &room);
            out.append(buffer.get(), piece - room);
            if (done == static_cast<std::size_t>(-1) && errno != E2BIG) break;
        }
        return bytes.size() - left;
    }

private:
    iconv_t handle_;
};

std::size_t first_non_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto size = utf8_sequence_size(text.substr(at));
        if (size == 0) return at;
        at += size;
    }
    return at;
}

// UTF-8 with one broken byte would come through GB18030 as readable nonsense. Three-byte sequences
// without a single fault in the first line do not happen in GBK text.
bool begins_as_utf8(std::string_view text, std::size_t first_bad) {
    const auto line = text.substr(0, text.find_first_of("\r\n"));
    if (first_bad < line.size()) return false;
    for (const char c : line) {
        if (static_cast<unsigned char>(c) >= 0xE3) return true;
    }
    return false;
}

[[noreturn]] void refuse_bytes(std::size_t row) {
    throw csv_refusal{
        "encoding_unknown",
        row,
        "文件编码不正确：既不是UTF-8也不是GBK（GB18030），请在Excel中另存为“CSV UTF-8”后重试"};
}

void refuse_other_kinds(std::string_view bytes) {
    if (bytes.starts_with("PK\x03\x04") || bytes.starts_with("\xD0\xCF\x11\xE0")) {
        throw csv_refusal{
            "not_csv", 0, "这是Excel工作簿，请在Excel中另存为“CSV UTF-8（逗号分隔）”后再导入"};
    }
    const auto start = trimmed_text(bytes.substr(0, 512));
    if (start.starts_with('<')) {
        throw csv_refusal{
            "not_csv",
            0,
            "这是网页格式的表格，请用Excel打开并另存为“CSV UTF-8（逗号分隔）”后再导入"};
    }
}

csv_text from_utf16(std::string_view bytes, bool little) {
    csv_text out{{}, little ? "UTF-16LE" : "UTF-16BE"};
    out.utf8.reserve(bytes.size() * 3 / 2);
    converter with{little ? "UTF-16LE" : "UTF-16BE"};
    if (with.convert(bytes, out.utf8) != bytes.size()) {
        refuse_bytes(csv_row_at(out.utf8, out.utf8.size()));
    }
    return out;
}

csv_text from_gb18030(std::string_view bytes) {
    csv_text out{{}, "GB18030"};
    out.utf8.reserve(bytes.size() * 3 / 2);
    converter with{"GB18030"};
    const auto understood = with.convert(bytes, out.utf8);
    if (understood != bytes.size()) refuse_bytes(csv_row_at(bytes, understood));
    return out;
}

bool is_invisible(std::string_view sequence) {
    if (sequence == "\xC2\xA0"sv) return true;  // no-break space
    if (sequence == "\xE3\x80\x80"sv || sequence == "\xEF\xBB\xBF"sv) return true;  // full-width
    if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
    const auto middle = static_cast<unsigned char>(sequence[1]);
    const auto last = static_cast<unsigned char>(sequence[2]);
    if (middle == 0x80) return last <= 0x8F || (last >= 0xA8 && last <= 0xAF);  // U+2000…202F
    return middle == 0x81 && last >= 0x9F && last <= 0xAF;                      // U+205F…206F
}

bool is_plain_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

}  // namespace

csv_refusal::csv_refusal(std::string code, std::size_t row, std::string sentence)
    : error{errc::import_refused, code + ", row " + std::to_string(row), std::move(sentence)},
      code_{std::move(code)},
      row_{row} {}

csv_text decode_csv(std::string bytes) {
    refuse_other_kinds(bytes);
    if (bytes.starts_with("\xFF\xFE")) return from_utf16(std::string_view{bytes}.substr(2), true);
    if (bytes.starts_with("\xFE\xFF")) return from_utf16(std::string_view{bytes}.substr(2), false);
    const bool marked = bytes.starts_with("\xEF\xBB\xBF");
    if (marked) bytes.erase(0, 3);
    const auto first_bad = first_non_utf8(bytes);
    if (first_bad == bytes.size()) return {std::move(bytes), "UTF-8"};
    if (marked || begins_as_utf8(bytes, first_bad)) refuse_bytes(csv_row_at(bytes, first_bad));
    return from_gb18030(bytes);
}

std::size_t csv_row_at(std::string_view text, std::size_t offset) {
    std::size_t row = 1;
    bool quoted = false;
    // Neither quotes nor line ends occur inside a character of GB18030 or UTF-8.
    for (std::size_t at = 0; at < offset; ++at) {
        const char c = text[at];
        if (c == '"') quoted = !quoted;
        if (quoted) continue;
        if (c == '\n' || (c == '\r' && (at + 1 == text.size() || text[at + 1] != '\n'))) ++row;
    }
    return row;
}

std::string_view trimmed_text(std::string_view utf8) {
    while (!utf8.empty()) {
        if (is_plain_blank(utf8.front())) {
            utf8.remove_prefix(1);
        } else if (const auto size = utf8_sequence_size(utf8);
                   size > 1 && is_invisible(utf8.substr(0, size))) {
            utf8.remove_prefix(size);
        } else {
            break;
        }
    }
    while (!utf8.empty()) {
        if (is_plain_blank(utf8.back())) {
            utf8.remove_suffix(1);
        } else if (utf8.size() >= 2 && is_invisible(utf8.substr(utf8.size() - 2))) {
            utf8.remove_suffix(2);
        } else if (utf8.size() >= 3 && is_invisible(utf8.substr(utf8.size() - 3))) {
            utf8.remove_suffix(3);
        } else {
            break;
        }
    }
    return utf8;
}

std::size_t utf8_sequence_size(std::string_view text) {
    if (text.empty()) return 0;
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return 1;
    const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    return text.size() >= size && is_utf8(text.substr(0, size)) ? size : 0;
}

}  // namespace base
