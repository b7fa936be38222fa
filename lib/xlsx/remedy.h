/* remedy: what messages about workbooks end in. */
#ifndef BIDUI_XLSX_REMEDY_H
#define BIDUI_XLSX_REMEDY_H

#define SAVE_AGAIN "open it in a spreadsheet and save it as .xlsx"
#define SEND_AGAIN "ask the sender for the file again"

#endif
