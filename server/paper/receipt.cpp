#include "server/paper/receipt.hpp"

#include <algorithm>
#include <cmath>

#include <cairo-pdf.h>

#include "server/base/beijing.hpp"
#include "server/base/error.hpp"
#include "server/paper/drawing.hpp"
#include "server/paper/qr_code.hpp"

namespace paper {
namespace {

// In points: A4.
constexpr double page_width = 595.28;
constexpr double page_height = 841.89;
constexpr double edge = 56;
constexpr double inner = page_width - 2 * edge;
constexpr double bottom = page_height - 64;
constexpr double qr_side = 104;

struct colour {
    double red;
    double green;
    double blue;
};
constexpr colour ink{0.10, 0.12, 0.15};
constexpr colour grey{0.40, 0.43, 0.47};
constexpr colour green{0.03, 0.45, 0.22};
constexpr colour hair{0.78, 0.81, 0.84};
constexpr colour tint{0.945, 0.968, 0.952};

enum class side { left, middle, right };

struct style {
    double size = 10;
    bool bold = false;
    colour in = ink;
    side at = side::left;
};

class sheet_of_paper {
public:
    explicit sheet_of_paper(const receipt_sheet& facts) : facts_{facts} {
        surface_.reset(cairo_pdf_surface_create_for_stream(append, &pdf_, page_width, page_height));
        describe();
        out_.reset(cairo_create(surface_.get()));
    }

    std::string draw() {
        draw_head();
        draw_pairs(facts_.payer);
        draw_lines();
        draw_total();
        draw_pairs(facts_.payment);
        draw_foot();
        draw_page_number();
        out_.reset();
        cairo_surface_finish(surface_.get());
        base::ensure(
            cairo_surface_status(surface_.get()) == CAIRO_STATUS_SUCCESS, "a receipt can be drawn"
        );
        return std::move(pdf_);
    }

private:
    void describe() {
        const auto set = [&](cairo_pdf_metadata_t what, const std::string& text) {
            cairo_pdf_surface_set_metadata(surface_.get(), what, text.c_str());
        };
        set(CAIRO_PDF_METADATA_TITLE, facts_.title + " " + facts_.number);
        set(CAIRO_PDF_METADATA_AUTHOR, facts_.school);
        const auto at = base::to_rfc3339(facts_.issued_at);
        set(CAIRO_PDF_METADATA_CREATE_DATE, at);
        set(CAIRO_PDF_METADATA_MOD_DATE, at);
    }

    layout laid_out(const std::string& text, double width, const style& how) {
        layout made{pango_cairo_create_layout(out_.get())};
        const font face{
            pango_font_description_from_string("WenQuanYi Micro Hei, Noto Sans CJK SC, Sans")};
        pango_font_description_set_absolute_size(face.get(), how.size * PANGO_SCALE);
        if (how.bold) pango_font_description_set_weight(face.get(), PANGO_WEIGHT_BOLD);
        pango_layout_set_font_description(made.get(), face.get());
        pango_layout_set_width(made.get(), static_cast<int>(std::lround(width * PANGO_SCALE)));
        // Numbers may be longer than their column.
        pango_layout_set_wrap(made.get(), PANGO_WRAP_WORD_CHAR);
        constexpr PangoAlignment sides[]{PANGO_ALIGN_LEFT, PANGO_ALIGN_CENTER, PANGO_ALIGN_RIGHT};
        pango_layout_set_alignment(made.get(), sides[static_cast<int>(how.at)]);
        pango_layout_set_text(made.get(), text.data(), static_cast<int>(text.size()));
        return made;
    }

    static double height_of(const layout& text) {
        int height = 0;
        pango_layout_get_size(text.get(), nullptr, &height);
        return static_cast<double>(height) / PANGO_SCALE;
    }

    void show(const layout& text, double x, double y, const colour& in) {
        cairo_set_source_rgb(out_.get(), in.red, in.green, in.blue);
        cairo_move_to(out_.get(), x, y);
        pango_cairo_show_layout(out_.get(), text.get());
    }

    // Answers the height that the text took.
    double write(const std::string& text, double x, double y, double width, const style& how) {
        const auto made = laid_out(text, width, how);
        show(made, x, y, how.in);
        return height_of(made);
    }

    void rule(double y, const colour& in, double thick) {
        cairo_set_source_rgb(out_.get(), in.red, in.green, in.blue);
        cairo_set_line_width(out_.get(), thick);
        cairo_move_to(out_.get(), edge, y);
        cairo_line_to(out_.get(), page_width - edge, y);
        cairo_stroke(out_.get());
    }

    void fill(double y, double height, const colour& in) {
        cairo_set_source_rgb(out_.get(), in.red, in.green, in.blue);
        cairo_rectangle(out_.get(), edge, y, inner, height);
        cairo_fill(out_.get());
    }

    void draw_page_number() {
        ++page_;
        const style small{8, false, grey, side::middle};
        write(
            facts_.number + "　第" + std::to_string(page_) + "页",
            edge,
            page_height - 40,
            inner,
            small
        );
    }

    void next_page() {
        draw_page_number();
        cairo_show_page(out_.get());
        y_ = edge;
        const style small{9, false, grey, side::left};
        y_ += write(facts_.school + "　" + facts_.title + "（续）", edge, y_, inner, small) + 10;
    }

    void need(double height) {
        if (y_ + height > bottom) next_page();
    }

    void draw_head() {
        fill(0, 6, green);
        y_ = 48;
        y_ += write(facts_.school, edge, y_, inner, {17, true, ink, side::middle}) + 2;
        y_ += write(facts_.platform, edge, y_, inner, {10, false, grey, side::middle}) + 12;
        y_ += write(facts_.title, edge, y_, inner, {21, true, green, side::middle}) + 8;
        y_ += write("No. " + facts_.number, edge, y_, inner, {9.5, false, grey, side::middle}) + 12;
        rule(y_, green, 1.4);
        y_ += 12;
    }

    // Label and value, two in a row.
    void draw_pairs(const std::vector<label_and_value>& pairs) {
        constexpr double label_width = 62;
        constexpr double half = inner / 2;
        for (std::size_t i = 0; i < pairs.size(); i += 2) {
            double tallest = 0;
            std::vector<layout> values;
            for (std::size_t j = i; j < std::min(i + 2, pairs.size()); ++j) {
                values.push_back(laid_out(pairs[j].second, half - label_width - 10, {}));
                tallest = std::max(tallest, height_of(values.back()));
            }
            need(tallest);
            for (std::size_t j = 0; j < values.size(); ++j) {
                const auto x = edge + half * static_cast<double>(j);
                write(pairs[i + j].first, x, y_, label_width, {10, false, grey, side::left});
                show(values[j], x + label_width, y_, ink);
            }
            y_ += tallest + 5;
        }
        y_ += 7;
    }

    static constexpr double period_width = 130;
    static constexpr double amount_width = 110;
    static constexpr double item_width = inner - period_width - amount_width;
    static constexpr double pad = 8;

    void draw_table_head() {
        const style heading{10, true, green, side::left};
        fill(y_, 24, tint);
        write("收费区间", edge + pad, y_ + 5, period_width, heading);
        write("收费项目", edge + period_width + pad, y_ + 5, item_width, heading);
        write(
            "金额（元）",
            edge + period_width + item_width,
            y_ + 5,
            amount_width - pad,
            {10, true, green, side::right}
        );
        y_ += 24;
    }

    void draw_lines() {
        // Many lines stand closer, so that fifty and all that follows fit on two pages.
        const double air = facts_.lines.size() > 20 ? 2 : 5;
        draw_table_head();
        for (const auto& line : facts_.lines) {
            const auto period = laid_out(line.period, period_width - pad, {});
            const auto item = laid_out(line.item, item_width - 2 * pad, {});
            const auto tallest = std::max(height_of(period), height_of(item));
            if (y_ + tallest + 2 * air > bottom) {
                next_page();
                draw_table_head();
            }
            const auto top = y_ + air;
            show(period, edge + pad, top, ink);
            show(item, edge + period_width + pad, top, ink);
            const auto x = edge + period_width + item_width;
            write(line.amount, x, top, amount_width - pad, {10, false, ink, side::right});
            y_ += tallest + 2 * air;
            rule(y_, hair, 0.5);
        }
    }

    void draw_total() {
        constexpr double box = 46;
        need(box + 40);
        fill(y_, box, tint);
        write("合计", edge + pad, y_ + 6, 80, {10, false, grey, side::left});
        write("人民币大写", edge + pad, y_ + 25, 80, {10, false, grey, side::left});
        write(facts_.total, edge, y_ + 4, inner - pad, {14, true, green, side::right});
        write(
            facts_.total_in_capitals,
            edge + 80,
            y_ + 25,
            inner - 80 - pad,
            {10.5, true, ink, side::right}
        );
        y_ += box + 10;
        if (!facts_.refunded.empty()) {
            const colour amber{0.65, 0.35, 0.0};
            y_ += write(facts_.refunded, edge, y_, inner, {10, true, amber, side::left}) + 8;
        }
        y_ += 6;
    }

    void draw_foot() {
        need(qr_side + 30);
        rule(y_, hair, 0.5);
        y_ += 14;
        draw_qr(page_width - edge - qr_side, y_);
        const auto width = inner - qr_side - 24;
        auto y = y_;
        y += write("凭证真伪查验", edge, y, width, {11, true, ink, side::left}) + 6;
        y += write("查验码  " + facts_.verify_code, edge, y, width, {}) + 6;
        for (const auto& note : facts_.notes) {
            y += write(note, edge, y, width, {8.5, false, grey, side::left}) + 3;
        }
        y_ = std::max(y, y_ + qr_side);
    }

    void draw_qr(double left, double top) {
        const qr_code code{facts_.verify_address};
        const auto square = qr_side / code.size();
        cairo_set_source_rgb(out_.get(), 0, 0, 0);
        for (int row = 0; row < code.size(); ++row) {
            for (int column = 0; column < code.size(); ++column) {
                if (!code.dark(row, column)) continue;
                cairo_rectangle(
                    out_.get(), left + column * square, top + row * square, square, square
                );
            }
        }
        // One fill for all of them: no seams between squares.
        cairo_fill(out_.get());
    }

    const receipt_sheet& facts_;
    std::string pdf_;  // written by surface_ until it is finished
    surface surface_;
    pen out_;
    double y_ = 0;
    int page_ = 0;
};

}  // namespace

std::string receipt_pdf(const receipt_sheet& sheet) {
    sheet_of_paper paper{sheet};
    return paper.draw();
}

}  // namespace paper
