//! A zip archive of JSON files that leaves as it is made: no more of it is in memory than a part of
//! an upload.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use lambda_kit::objects::ObjectUpload;
use serde::Serialize;
use zip::{
    ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use crate::contents::ExportError;

/// What is uploaded at once: the least that S3 takes as a part.
const PART: usize = 5 * 1024 * 1024;

/// Files one after the other, each an array that grows element by element.
pub(crate) struct Archive {
    /// Boxed: it holds its compressor, which is tens of kilobytes.
    zip: Box<ZipWriter<StreamWriter<Buffer>>>,
    buffer: Buffer,
    upload: ObjectUpload,
    /// The file that is being written.
    open: Option<String>,
}

/// What the archive has written and the upload has not taken yet.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    fn take(&self, least: usize) -> Option<Vec<u8>> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (bytes.len() >= least).then(|| mem::take(&mut *bytes))
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    /// An archive that goes to `upload`.
    pub(crate) fn new(upload: ObjectUpload) -> Self {
        let buffer = Buffer::default();
        Self {
            zip: Box::new(ZipWriter::new_stream(buffer.clone())),
            buffer,
            upload,
            open: None,
        }
    }

    /// Adds an element to the array in `file`. A file that another one came after is closed for good.
    pub(crate) async fn add(
        &mut self,
        file: &str,
        element: &impl Serialize,
    ) -> Result<(), ExportError> {
        if self.open.as_deref() == Some(file) {
            self.zip.write_all(b",\n")?;
        } else {
            self.close()?;
            self.zip.start_file(file, SimpleFileOptions::default())?;
            self.zip.write_all(b"[\n")?;
            self.open = Some(file.to_owned());
        }
        serde_json::to_writer(&mut self.zip, element).map_err(io::Error::from)?;
        if let Some(part) = self.buffer.take(PART) {
            // Boxed, as below: it reaches deep into the SDK and is tens of kilobytes.
            Box::pin(self.upload.part(part)).await?;
        }
        Ok(())
    }

    /// Ends the archive. Only now is there an object.
    pub(crate) async fn finish(mut self) -> Result<(), ExportError> {
        self.close()?;
        self.zip.finish()?;
        let rest = self.buffer.take(0).unwrap_or_default();
        Box::pin(self.upload.finish(rest)).await?;
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        match self.open.take() {
            Some(_) => self.zip.write_all(b"\n]\n"),
            None => Ok(()),
        }
    }
}
